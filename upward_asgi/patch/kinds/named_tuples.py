"""Named tuples: the fields are positions, so an instance keeps the values that it was made with.

Where the fields are others than before, live instances are given up for copies with the new ones, by name: a
field that came has its default. That goes when everybody who holds one can be given its copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..exchange import holds_fast
from ..heap import instances_without_garbage
from ..hierarchy import with_subclasses
from ..journal import Journal
from ..references import replace_references
from ..refusal import CannotFollow
from .kind import Kind, is_field

__all__ = ["KIND"]


@dataclass(frozen=True)
class _NamedTuple(Kind):
    own: frozenset[str] = frozenset({"_fields"})

    def applies(self, cls: type) -> bool:
        return issubclass(cls, tuple) and "_fields" in cls.__dict__

    def shapes(self, change: Change) -> bool:
        return is_field(change)

    def generated(self, cls: type) -> frozenset[str]:
        return self.fields(cls)

    def fields(self, cls: type) -> frozenset[str]:
        return frozenset(cls.__dict__.get("_fields", ()))

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        before, after = old.__dict__["_fields"], new.__dict__["_fields"]
        journal.set_class(old, "_fields", after)
        if before != after:
            _exchange(journal, old, before)


KIND = _NamedTuple()


def _exchange(journal: Journal, cls: type, before: tuple[str, ...]) -> None:
    found: list[Any] = instances_without_garbage(frozenset(with_subclasses(cls)))
    if not found:
        return
    copies = list(_copies(cls, before, found))
    if who := holds_fast(found):
        raise _cannot(cls, "fields", f"have other fields, and {who} holds one that would go on without them")
    pairs = list(zip(found, copies, strict=True))
    replace_references(journal, pairs, (found, copies))


def _copies(cls: Any, before: tuple[str, ...], found: list[Any]) -> Iterator[object]:
    """Raises `CannotFollow` when a field has no value."""
    defaults: Mapping[str, object] = cls._field_defaults
    lacks = [name for name in cls._fields if name not in before and name not in defaults]
    if lacks:
        raise _cannot(cls, "new_field", f"have no value for {lacks[0]}")
    for instance in found:
        held = {**defaults, **dict(zip(before, instance, strict=True))}
        copy = tuple.__new__(type(instance), [held[name] for name in cls._fields])
        if hasattr(instance, "__dict__"):  # of a class below
            vars(copy).update(vars(instance))
        yield copy


def _cannot(cls: type, code: str, why: str) -> CannotFollow:
    return CannotFollow(
        code,
        f"live instances of {cls.__module__}:{cls.__qualname__} {why}",
        advice="give a new field a default, make it a dataclass, or release a minor version",
    )
