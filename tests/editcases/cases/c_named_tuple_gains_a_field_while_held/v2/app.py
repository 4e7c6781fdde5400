from collections import deque
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    z: int = 5
    y: object = None

    def total(self):
        return self.x + self.z


class Line(NamedTuple):
    a: Point
    b: Point


class Room:
    def __init__(self, at):
        self.at = at


class Slot:
    __slots__ = ("at",)

    def __init__(self, at):
        self.at = at


class Named(Point):
    label = "none"


HISTORY = deque(maxlen=3)
