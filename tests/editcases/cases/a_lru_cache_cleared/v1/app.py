from functools import cache, lru_cache
def helper(x):
    return x
@lru_cache(maxsize=None)
def f(x):
    return helper(x) + 1
@cache
def g(x):
    return ("v1", x)
