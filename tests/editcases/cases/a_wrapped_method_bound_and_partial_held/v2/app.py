
import functools
def log(f):
    @functools.wraps(f)
    def w(*a, **k): return ("LOG", f(*a, **k), len(a))
    return w
class C:
    @log
    def m(self, x): return -x
    @classmethod
    @log
    def c(cls, x): return -x
    @staticmethod
    @log
    def s(x): return -x
c = C()
held = [c.m, C.c, C.s, functools.partial(c.m, 1)]
