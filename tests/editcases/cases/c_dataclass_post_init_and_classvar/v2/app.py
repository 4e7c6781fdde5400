from dataclasses import dataclass, field, InitVar
from typing import ClassVar
@dataclass
class A:
    KIND: ClassVar[str] = "v2"
    x: int
    scale: InitVar[int] = 2
    total: int = field(init=False, default=0, repr=False)
    def __post_init__(self, scale): self.total = self.x * scale + 1
