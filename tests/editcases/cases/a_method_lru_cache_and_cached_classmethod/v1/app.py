import functools
class C:
    def __init__(self, n): self.n = n
    @functools.lru_cache(maxsize=None)
    def f(self): return "v1", self.n
    @classmethod
    @functools.cache
    def g(cls): return "v1"
    @staticmethod
    @functools.lru_cache
    def h(x): return "v1", x
