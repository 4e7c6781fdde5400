import enum, functools
LIMIT = 1
TABLE = {"a": 1}
class E(enum.Enum):
    A = 1
class C:
    k = 1
    def m(self): return 1
    @property
    def p(self): return 1
def deco(g):
    @functools.wraps(g)
    def w(): return "w1", g()
    return w
@deco
def f(): return "f1"
