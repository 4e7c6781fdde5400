from dataclasses import dataclass, field, InitVar
from typing import ClassVar
@dataclass
class A:
    KIND: ClassVar[str] = "v1"
    x: int
    scale: InitVar[int] = 1
    total: int = field(init=False, default=0)
    def __post_init__(self, scale): self.total = self.x * scale
