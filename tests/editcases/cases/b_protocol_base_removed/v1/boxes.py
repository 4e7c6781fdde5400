from typing import Protocol


class Sized(Protocol):
    size: int


class Box(Sized):
    size = 1

    def shown(self):
        return f"old {self.size}"


box = Box()
