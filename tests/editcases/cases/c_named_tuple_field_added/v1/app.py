from collections import namedtuple
from typing import NamedTuple
class P(NamedTuple):
    x: int
    def f(self):
        return 1
Q = namedtuple("Q", "a b")
