LIMIT = 2
class C:
    limit = LIMIT
    def f(self): return "v2"
