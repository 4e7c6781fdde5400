X = 1
class C:
    def f(self): return 2
