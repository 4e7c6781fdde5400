import enum, functools
def tag(f):
    n = 2
    @functools.wraps(f)
    def w(): return "t", n, f()
    return w
@tag
def go(): return 2
class E(enum.Enum):
    A = 1
    B = 2
class C(dict):
    def f(self): return 2
