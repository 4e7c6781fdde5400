
from dataclasses import dataclass, field
@dataclass(kw_only=True)
class A:
    x: int = 1
    tag: str = "t"
@dataclass
class B(A):
    y: list = field(default_factory=list)
    z: dict = field(default_factory=dict)
    def total(self): return (self.x, len(self.y), self.tag, self.z)
