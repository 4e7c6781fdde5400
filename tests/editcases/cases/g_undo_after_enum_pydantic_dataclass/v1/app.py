
import enum
from dataclasses import dataclass
class E(enum.Enum):
    A = 1
@dataclass
class D:
    x: int = 1
TABLE = {E.A: D()}
