import enum, functools
LIMIT = 2
TABLE = {"b": 2}
class E(enum.Enum):
    A = 10
    B = 2
class C(dict):
    k = 2
    def m(self): return super().keys()
    @property
    def q(self): return 1
def deco(g):
    @functools.wraps(g)
    def w(): return "w2", g()
    return w
@deco
def f(): return "f2"
