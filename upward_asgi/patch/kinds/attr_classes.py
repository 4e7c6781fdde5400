"""Classes of attrs (https://www.attrs.org): like dataclasses, with tables of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..journal import Journal
from .filling import FieldDefault, fill_instances
from .kind import Kind, is_field, touches

__all__ = ["KIND"]

_GENERATED = frozenset(
    {
        "__init__", "__repr__", "__eq__", "__ne__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__",
        "__setattr__", "__delattr__", "__match_args__", "__getstate__", "__setstate__", "__replace__",
        "__attrs_attrs__", "__attrs_props__", "__attrs_own_setattr__", "__attrs_init__",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _AttrsClass(Kind):
    def applies(self, cls: type) -> bool:
        return "__attrs_attrs__" in cls.__dict__

    def shapes(self, change: Change) -> bool:
        return is_field(change) or touches(_GENERATED | {"__attrs_post_init__", "__slots__"}, change)

    def generated(self, cls: type) -> frozenset[str]:
        return _GENERATED

    def fields(self, cls: type) -> frozenset[str]:
        return frozenset(attribute.name for attribute in cls.__dict__["__attrs_attrs__"])

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        self.fill(journal, old, had)

    def fill(self, journal: Journal, cls: type, had: frozenset[str]) -> None:
        fill_instances(journal, cls, map(_default, cls.__dict__["__attrs_attrs__"]), had)


def _default(attribute: Any) -> FieldDefault:
    """A plain default, or one that a factory makes anew for each instance."""
    default = attribute.default
    kind = "" if default is None else type(default).__name__
    if kind == "_Nothing":
        return FieldDefault(attribute.name, None)
    if kind != "Factory":
        return FieldDefault(attribute.name, lambda instance: default)
    takes_self, factory = default.takes_self, default.factory
    return FieldDefault(attribute.name, factory if takes_self else lambda instance: factory())


KIND = _AttrsClass()
