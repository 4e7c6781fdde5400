
import enum
from dataclasses import dataclass
class E(enum.Enum):
    B = 2
    A = 1
@dataclass(order=True)
class D:
    y: int = 2
    x: int = 1
TABLE = {E.A: D()}
