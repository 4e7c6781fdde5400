import enum
from collections import namedtuple

Point = namedtuple("Point", "x y")
Color = enum.Enum("Color", "RED GREEN")
Size = enum.IntEnum("Size", {"S": 1, "M": 2})


def area(point):
    return point.x * point.y


Point.area = area
