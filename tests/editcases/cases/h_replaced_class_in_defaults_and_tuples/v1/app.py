class N:
    def f(self): return "v1"
