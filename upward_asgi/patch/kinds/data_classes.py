"""Dataclasses: methods and tables are generated from the annotations of the body.

A field's default is a class attribute, so live instances of a class that gains a field read it from there;
what a factory makes, and what goes into a slot, is given to them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..journal import Journal
from .filling import FieldDefault, fill_instances
from .kind import Kind, is_field, touches

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
        return "__dataclass_fields__" in cls.__dict__

    def shapes(self, change: Change) -> bool:
        return is_field(change) or touches(_GENERATED | {"__post_init__", "__slots__"}, change)

    def fields(self, cls: type) -> frozenset[str]:
        return frozenset(cls.__dict__["__dataclass_fields__"])

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        self.fill(journal, old, had)

    def fill(self, journal: Journal, cls: type, had: frozenset[str]) -> None:
        fields = [
            f for f in dataclasses.fields(cls) if f.init or f.default_factory is not dataclasses.MISSING
        ]
        fill_instances(journal, cls, map(_default, fields), had)

    def generated(self, cls: type) -> frozenset[str]:
        fields = cls.__dict__.get("__dataclass_fields__", {})
        return _GENERATED | frozenset(fields)


def _default(field: dataclasses.Field[Any]) -> FieldDefault:
    """What a factory makes, or the plain default, which is found at the class if that has no slots."""
    default, factory = field.default, field.default_factory
    if factory is not dataclasses.MISSING:
        return FieldDefault(field.name, lambda instance: factory())
    return FieldDefault(field.name, None if default is dataclasses.MISSING else lambda instance: default)


KIND = _DataClass()
