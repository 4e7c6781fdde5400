from dataclasses import dataclass
@dataclass
class A:
    x: int = 10
    y: int = 3
