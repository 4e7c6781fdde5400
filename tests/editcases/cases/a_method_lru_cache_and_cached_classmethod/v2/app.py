import functools
class C:
    def __init__(self, n): self.n = n
    @functools.lru_cache(maxsize=None)
    def f(self): return "v2", self.n
    @classmethod
    @functools.cache
    def g(cls): return "v2"
    @staticmethod
    @functools.lru_cache
    def h(x): return "v2", x
