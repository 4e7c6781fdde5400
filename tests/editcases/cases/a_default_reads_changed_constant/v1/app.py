import cfg
from cfg import LIMIT
def f(n=LIMIT, *, m=cfg.LIMIT + 1):
    return n, m
class C:
    size = LIMIT
    def g(self, n=LIMIT):
        return n, self.size
