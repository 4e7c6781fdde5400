from dataclasses import dataclass


@dataclass(slots=True)
class Point:
    x: int
    y: int = 0
    z: int = 7

    def total(self):
        return self.x + self.y + self.z


LIVE = Point(3)
NAMES = {Point: "point"}
