"""TypedDict and Protocol: classes whose body is all annotations, read by type checkers and validators."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from ...appup.diff import Change, Changed
from .kind import Kind, is_field

__all__ = ["KIND"]


@dataclass(frozen=True)
class _TypedDict(Kind):
    def applies(self, cls: type) -> bool:
        return typing.is_typeddict(cls) or getattr(cls, "_is_protocol", False) is True

    def shapes(self, change: Change) -> bool:
        return is_field(change) or change.how in (Changed.ADDED, Changed.REMOVED)


KIND = _TypedDict()
