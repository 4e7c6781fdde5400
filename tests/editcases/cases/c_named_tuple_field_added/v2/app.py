from collections import namedtuple
from typing import NamedTuple
class P(NamedTuple):
    x: int
    y: int = 7
    def f(self):
        return 2
Q = namedtuple("Q", "a b c", defaults=[3])
