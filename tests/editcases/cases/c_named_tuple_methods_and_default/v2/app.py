from typing import NamedTuple
class P(NamedTuple):
    x: int
    y: int = 5
    def norm(self):
        return self.x * 100 + self.y
