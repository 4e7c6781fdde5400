class C:
    def f(self): return "v2"
