"""Plain classes: nothing is generated from their bodies, but some statements act on the class as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from ...appup.diff import Change
from .kind import Kind, no_longer

__all__ = ["KIND"]

# Slots fix the layout; these hooks run when a class or a subclass is made.
_MAKING = frozenset({"__slots__", "__init_subclass__", "__class_getitem__"})


@dataclass(frozen=True)
class _Plain(Kind):
    def shapes(self, change: Change) -> bool:
        return no_longer(_MAKING - {"__init_subclass__", "__class_getitem__"}, change)


KIND = _Plain()
