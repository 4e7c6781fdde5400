"""Dataclasses: methods and tables are generated from the annotations of the body.

A field's default is a class attribute, so live instances of a class that gains a field read it from there;
the defaults of factories are given to them by `derived`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ...appup.diff import Change
from .kind import Kind, is_field, no_longer

__all__ = ["KIND"]

_GENERATED = frozenset(
    {
        "__init__", "__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__",
        "__setattr__", "__delattr__", "__match_args__", "__getstate__", "__setstate__", "__replace__",
        "__dataclass_fields__", "__dataclass_params__",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _DataClass(Kind):
    def applies(self, cls: type) -> bool:
        return dataclasses.is_dataclass(cls)

    def shapes(self, change: Change) -> bool:
        return is_field(change) or no_longer(_GENERATED | {"__post_init__", "__slots__"}, change)

    def generated(self, cls: type) -> frozenset[str]:
        fields = cls.__dict__.get("__dataclass_fields__", {})
        return _GENERATED | frozenset(fields)


KIND = _DataClass()
