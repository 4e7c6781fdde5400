from dataclasses import dataclass


@dataclass(slots=True)
class Point:
    x: int
    y: int = 0

    def total(self):
        return self.x + self.y


LIVE = Point(3)
NAMES = {Point: "point"}
