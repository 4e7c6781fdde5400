"""Classes of attrs (https://www.attrs.org): like dataclasses, with tables of their own."""

from __future__ import annotations

from dataclasses import dataclass

from ...appup.diff import Change
from .kind import Kind, is_field, no_longer

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
        return is_field(change) or no_longer(_GENERATED | {"__attrs_post_init__", "__slots__"}, change)

    def generated(self, cls: type) -> frozenset[str]:
        return _GENERATED


KIND = _AttrsClass()
