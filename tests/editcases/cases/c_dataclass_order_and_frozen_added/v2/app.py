from dataclasses import dataclass
@dataclass(order=True, frozen=True)
class V:
    n: int
