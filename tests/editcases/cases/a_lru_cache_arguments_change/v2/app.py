from functools import lru_cache
@lru_cache(maxsize=8)
def f(x):
    return -x
