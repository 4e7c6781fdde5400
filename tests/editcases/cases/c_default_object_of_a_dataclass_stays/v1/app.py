from __future__ import annotations

import dataclasses
from typing import NamedTuple


class Point(NamedTuple):
    x: int = 0
    y: int = 0


@dataclasses.dataclass
class Shape:
    at: Point = Point(1, 2)
    name: str = "shape"
    size: dataclasses.InitVar[int] = 2
    

    def __post_init__(self, size):
        self.area = size * size


ORIGIN = Shape.at
