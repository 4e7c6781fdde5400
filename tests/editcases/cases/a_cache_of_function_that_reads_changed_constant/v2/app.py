from functools import cache, lru_cache
import cfg
from cfg import LIMIT
@cache
def f(): return LIMIT
@lru_cache(maxsize=None)
def g(): return cfg.LIMIT
class Pool: ...
@cache
def pool(): return Pool()
