LIMIT = 1
class C:
    limit = LIMIT
    def f(self): return "v1"
