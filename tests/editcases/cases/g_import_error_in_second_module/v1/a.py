LIMIT = 1
STATE = {"n": 1}
def f(x=LIMIT): return "v1", x
class C:
    k = 1
    def m(self): return "v1"
