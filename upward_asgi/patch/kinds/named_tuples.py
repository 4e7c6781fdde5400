"""Named tuples: the fields are positions, so an instance keeps the length it was made with."""

from __future__ import annotations

from dataclasses import dataclass

from ...appup.diff import Change
from ..heap import referrers
from ..journal import Journal
from ..refusal import CannotFollow
from .kind import Kind, is_field

__all__ = ["KIND"]


@dataclass(frozen=True)
class _NamedTuple(Kind):
    def applies(self, cls: type) -> bool:
        return issubclass(cls, tuple) and "_fields" in cls.__dict__

    def shapes(self, change: Change) -> bool:
        return is_field(change)

    def generated(self, cls: type) -> frozenset[str]:
        return frozenset(cls.__dict__.get("_fields", ()))

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        length = len(new.__dict__["_fields"])
        # Tuples of plain values are not tracked by the collector; those that are found decide.
        if any(
            isinstance(item, tuple) and type(item) is old and len(item) != length
            for item in referrers((old,))
        ):
            raise CannotFollow(
                "fields",
                f"live instances of {old.__module__}:{old.__qualname__} have another number of fields",
                advice="make it a dataclass, or release a minor version",
            )


KIND = _NamedTuple()
