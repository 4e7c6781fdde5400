from dataclasses import dataclass
@dataclass(slots=True)
class P:
    x: int
    y: int = 1
    def f(self):
        return "v1", self.x
@dataclass(frozen=True, slots=True)
class K:
    a: str
    def show(self):
        return "v1"
