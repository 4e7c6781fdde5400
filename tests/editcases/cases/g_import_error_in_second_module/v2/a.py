LIMIT = 2
STATE = {"n": 1}
STATE["n"] = 2
def f(x=LIMIT, y=0): return "v2", x
class C:
    k = 2
    def m(self): return "v2"
    def extra(self): return 1
class New: ...
