from dataclasses import dataclass
@dataclass
class V:
    n: int
