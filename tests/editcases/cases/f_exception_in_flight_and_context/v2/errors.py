class Stop(Exception):
    code = 2
    def describe(self): return "new"
