import enum, functools
def tag(f):
    @functools.wraps(f)
    def w(): return "t1", f()
    return w
@tag
def go(): return 1
class E(enum.Enum):
    A = 1
class C:
    def f(self): return 1
