import abc, enum, functools
from dataclasses import dataclass
REG = {}
class E(enum.Enum):
    A = 1
    B = 2
@dataclass(order=True)
class D:
    x: int
    y: list = None
class S(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @abc.abstractmethod
    def g(self): ...
class I(S):
    def f(self): return 2
    def g(self): return 2
@functools.lru_cache
def cached(x): return "v2", x
def closure():
    n = 2
    def inner(): return n, "v2"
    return inner
