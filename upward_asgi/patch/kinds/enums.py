"""Enums: the class and its members keep their identity, `is` and dictionary keys go on holding.

A member is found by name: it keeps its object and gets the new value; new members move in; a member that the
new release does not have must not be in use. Checked on CPython 3.11, 3.12 and 3.13 (`enum.EnumType`).
"""

from __future__ import annotations

import enum
import gc
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..heap import referrers
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

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        members = _Members(journal, old, new)
        members.move_in()
        members.tables()
        members.check_gone()


KIND = _Enum()


class _Members:
    def __init__(self, journal: Journal, old: Any, new: Any) -> None:
        self.journal, self.old, self.new = journal, old, new
        self.before: dict[str, Any] = dict(old.__dict__["_member_map_"])
        self.after: dict[str, Any] = dict(new.__dict__["_member_map_"])
        self.tables_before = [old.__dict__.get(name) for name in _TABLES]
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
        """Combinations of flags that were made at run time go on being the same objects."""
        if table != "_value2member_map_" or not issubclass(self.old, enum.Flag):
            return {}
        known = {id(member) for member in self.before.values()}
        return {k: v for k, v in self.old.__dict__[table].items() if id(v) not in known}

    def _translated(self, value: Any) -> Any:
        return self.now.get(id(value), value) if not isinstance(value, list) else list(value)

    def check_gone(self) -> None:
        """A removed member that someone still holds would be a value that no longer exists."""
        gone = [n for n in self.before if n not in self.after and n == self.before[n]._name_]
        if not any(map(self._held, gone)):
            return
        gc.collect()  # a second look without garbage, before a refusal
        for name in filter(self._held, gone):
            raise CannotFollow(
                "enum_member",
                f"the removed member {self.old.__module__}:{self.old.__qualname__}.{name} is in use",
                advice="keep the member in this patch release and remove it in the next minor version",
            )

    def _held(self, name: str) -> bool:
        """True when something other than the enum's own tables, old and new, holds the member."""
        member = self.before[name]
        known = {id(self.before), id(self.__dict__), *map(id, self.tables_before)}
        known.update(id(self.old.__dict__.get(table)) for table in _TABLES)
        known.update(map(id, self.journal.holders()))
        return any(id(h) not in known and _holds(h, member) for h in referrers(member))


def _holds(holder: Any, member: Any) -> bool:
    """True for what the application holds a member with; the class itself and logged entries do not count."""
    if isinstance(holder, dict):
        return not any(value is member and key == member._name_ for key, value in list(holder.items()))
    if type(holder) is tuple and len(holder) == 2 and holder[1] is member:
        return holder[0] is not member._name_ and holder[0] is not member._value_  # in the undo log
    return isinstance(holder, list | tuple | set | frozenset)


def _same_data(live: Any, member: Any) -> bool:
    """False when the member is an int, str or the like whose own value differs."""
    data = type(live)._member_type_
    return data is object or bool(data.__eq__(live, member))
