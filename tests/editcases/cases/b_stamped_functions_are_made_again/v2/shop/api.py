from __future__ import annotations

import dataclasses
import typing

import attr

T = typing.TypeVar("T")


@attr.s
class Channel:
    size: int = attr.ib(default=1)
    closed: bool = attr.ib(default=False)


@dataclasses.dataclass
class Client:
    a: int = 1
    b: int = 2

    def total(self):
        return self.a + self.b

    def added(self):
        return self.total()


class Point(dict):
    def f(self):
        return super().__len__() + 2

    @staticmethod
    def g():
        return 3


@attr.s(slots=True)
class Slotted(typing.Generic[T]):
    a: T = attr.ib(default=1)

    def f(self):
        return 2
