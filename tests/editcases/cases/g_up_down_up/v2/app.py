from enum import Enum
from dataclasses import dataclass
STATE = {}
LIMIT = 2
class E(Enum):
    A = 1
    B = 2
@dataclass
class D:
    x: int
    y: int = 5
    def f(self): return "v2", self.x, self.y
def go(n=LIMIT): return n, [e.name for e in E]
NEW = 2
