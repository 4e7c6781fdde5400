
from dataclasses import dataclass, field
@dataclass
class A:
    x: int = 1
@dataclass
class B(A):
    y: list = field(default_factory=list)
    def total(self): return self.x + len(self.y)
