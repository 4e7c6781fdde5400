from enum import Enum
from dataclasses import dataclass
STATE = {}
LIMIT = 1
class E(Enum):
    A = 1
@dataclass
class D:
    x: int
    def f(self): return "v1", self.x
def go(n=LIMIT): return n, [e.name for e in E]
OLD = 1
