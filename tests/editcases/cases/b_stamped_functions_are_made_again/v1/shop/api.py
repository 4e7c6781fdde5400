import dataclasses

import attr


@attr.s
class Channel:
    size = attr.ib(default=1)
    closed = attr.ib(default=False)


@dataclasses.dataclass
class Client:
    a: int = 1

    def total(self):
        return self.a


class Point:
    def f(self):
        return 1


@attr.s(slots=True)
class Slotted:
    a = attr.ib(default=1)

    def f(self):
        return 1
