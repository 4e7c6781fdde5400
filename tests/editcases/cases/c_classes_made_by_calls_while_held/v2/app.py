import enum
from collections import namedtuple

Point = namedtuple("Point", "x y z", defaults=[10])
Color = enum.Enum("Color", "RED GREEN BLUE")
Size = enum.IntEnum("Size", {"S": 1, "M": 2, "L": 3})


def area(point):
    return point.x * point.y * point.z


Point.area = area
