
from collections import namedtuple
from typing import NamedTuple
P = namedtuple("P", "x y", defaults=[7])
class Q(NamedTuple):
    a: int
    b: int = 5
    def sum(self): return (self.a + self.b) * 10
    @property
    def both(self): return self.a, self.b
