"""Enums: the class and its members keep their identity, `is` and dictionary keys go on holding.

A member is found by name: it keeps its object and gets the new value; new members move in; a member that the
new release does not have must not be in use when the patch is done (`in_use`). Checked on CPython 3.11, 3.12
and 3.13 (`enum.EnumType`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..in_use import Gone
from ..journal import Journal
from ..refusal import CannotFollow
from .kind import Kind, is_field, touches

__all__ = ["KIND"]

_TABLES = frozenset(
    {
        "_member_map_",
        "_value2member_map_",
        "_member_names_",
        "_hashable_values_",
        "_unhashable_values_",
        "_unhashable_values_map_",
    }
)


@dataclass(frozen=True)
class _Enum(Kind):
    own: frozenset[str] = _TABLES

    def applies(self, cls: type) -> bool:
        return isinstance(cls, enum.EnumType)

    def shapes(self, change: Change) -> bool:
        made = frozenset({"__new__", "__init__", "_generate_next_value_"})
        return is_field(change) or touches(made, change)

    def generated(self, cls: type) -> frozenset[str]:
        return frozenset(cls.__dict__["_member_map_"])

    def gone(self, old: type, new: type) -> Iterable[Gone]:
        advice = "keep the member in this patch release and remove it in the next minor version"
        for member in (*_removed(old, new), *_stale(old, new)):
            name = member._name_ or member._value_
            what = f"the removed member {old.__module__}:{old.__qualname__}.{name}"
            yield Gone("enum_member", what, member, advice)

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        members = _Members(journal, old, new)
        members.move_in()
        members.tables()


KIND = _Enum()


class _Members:
    def __init__(self, journal: Journal, old: Any, new: Any) -> None:
        self.journal, self.old, self.new = journal, old, new
        self.before: dict[str, Any] = dict(old.__dict__["_member_map_"])
        self.after: dict[str, Any] = dict(new.__dict__["_member_map_"])
        self.stale = set(map(id, _stale(old, new)))
        self.now: dict[int, Any] = {}
        """Id of each new member -> the member that stands for it."""

    def move_in(self) -> None:
        for name, member in self.after.items():
            live = self.before.get(name)
            if id(member) in self.now:
                continue
            if live is None or live._name_ != member._name_:
                self.journal.set_class_of(member, self.old)
                self._say_class(member.__dict__, member)
                self.now[id(member)] = member
            else:
                self._update(live, member)
                self.now[id(member)] = live
        self._attributes()

    def _update(self, live: Any, member: Any) -> None:
        if not _same_data(live, member):
            raise CannotFollow(
                "enum_value",
                f"{self.old.__module__}:{self.old.__qualname__}.{live._name_} is immutable and changed",
                advice="add a new member instead, or release a minor version",
            )
        self._say_class(live.__dict__, member)

    def _say_class(self, namespace: dict[str, Any], member: Any) -> None:
        for name, value in list(member.__dict__.items()):
            self.journal.set_item(namespace, name, self.old if value is self.new else value)

    def _attributes(self) -> None:
        """Members are attributes of the class: as themselves, or through a redirecting property."""
        for name in self.after:
            value = self.old.__dict__.get(name)
            if id(value) in self.now:
                self.journal.set_class(self.old, name, self.now[id(value)])
            elif value is not None and isinstance(getattr(value, "member", None), self.new | self.old):
                self.journal.set_attribute(value, "member", self.now.get(id(value.member), value.member))

    def tables(self) -> None:
        for name in _TABLES:
            table = self.new.__dict__.get(name)
            if table is None:
                continue
            if isinstance(table, dict):
                made: Any = {**self._composites(name), **{k: self._translated(v) for k, v in table.items()}}
            else:
                made = [self._translated(value) for value in table]
            self.journal.set_class(self.old, name, made)

    def _composites(self, table: str) -> dict[Any, Any]:
        """Combinations of flags that were made at run time go on while they mean the same."""
        if table != "_value2member_map_" or not issubclass(self.old, enum.Flag):
            return {}
        known = {*self.stale, *map(id, self.before.values())}
        return {k: v for k, v in self.old.__dict__[table].items() if id(v) not in known}

    def _translated(self, value: Any) -> Any:
        return self.now.get(id(value), value) if not isinstance(value, list) else list(value)


def _removed(old: Any, new: Any) -> Iterator[Any]:
    """Members that the new release does not have; another name of one that it has is none."""
    after = new.__dict__["_member_map_"]
    for name, member in old.__dict__["_member_map_"].items():
        if name not in after and name == member._name_:
            yield member


def _stale(old: Any, new: Any) -> Iterator[Any]:
    """Combinations of flags, made at run time, of which a part is gone or has another value now."""
    if not issubclass(old, enum.Flag):
        return
    before, after = old.__dict__["_member_map_"], new.__dict__["_member_map_"]
    other = [m for n, m in before.items() if n not in after or after[n]._value_ != m._value_]
    known = set(map(id, before.values()))
    for value, made in old.__dict__["_value2member_map_"].items():
        if id(made) not in known and any(value & member._value_ for member in other):
            yield made


def _same_data(live: Any, member: Any) -> bool:
    """False when the member is an int, str or the like whose own value differs."""
    data = type(live)._member_type_
    return data is object or bool(data.__eq__(live, member))
