from dataclasses import dataclass
@dataclass(slots=True)
class P:
    x: int
    y: int = 2
    def f(self):
        return "v2", self.x
@dataclass(frozen=True, slots=True)
class K:
    a: str
    def show(self):
        return "v2"
