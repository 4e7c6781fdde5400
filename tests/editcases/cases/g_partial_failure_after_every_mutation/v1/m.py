import abc, enum, functools
from dataclasses import dataclass
REG = {}
class E(enum.Enum):
    A = 1
@dataclass
class D:
    x: int
class S(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
class I(S):
    def f(self): return 1
@functools.lru_cache
def cached(x): return "v1", x
def closure():
    n = 1
    def inner(): return n
    return inner
