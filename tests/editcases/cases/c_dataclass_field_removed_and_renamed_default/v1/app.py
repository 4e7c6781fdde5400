from dataclasses import dataclass
@dataclass
class A:
    x: int = 1
    gone: int = 2
    y: int = 3
