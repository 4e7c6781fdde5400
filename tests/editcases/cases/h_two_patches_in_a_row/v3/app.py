import enum, functools
def tag(f):
    @functools.wraps(f)
    def w(): return "t3", f()
    return w
@tag
def go(): return 3
class E(enum.Enum):
    A = 1
    B = 2
    C = 3
class C(dict):
    x = 3
    def f(self): return super().get("a", self.x)
