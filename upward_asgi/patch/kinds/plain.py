"""Plain classes: nothing is generated from their bodies, but some statements act on the class as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from ...appup.diff import Change
from .kind import Kind, touches

__all__ = ["KIND"]

# Slots fix the layout when the class is made; everything else can be set on the living class.
_MAKING = frozenset({"__slots__"})


@dataclass(frozen=True)
class _Plain(Kind):
    def shapes(self, change: Change) -> bool:
        return touches(_MAKING, change)


KIND = _Plain()
