"""The states of many sessions in columns: a row, an object of its own, for each would cost its time.

A commit goes through every session while all of them wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from packaging.version import Version

from .session import Holder, Session

__all__ = ["Batch", "by_kind"]


@dataclass(slots=True)
class Batch:
    """Some sessions with their old states and their new ones, item by item."""

    sessions: list[Session] = field(default_factory=list)
    holders: list[Holder | None] = field(default_factory=list)
    written_by: list[Version] = field(default_factory=list)
    """The releases that wrote the old states."""
    old: list[Any] = field(default_factory=list)
    new: list[Any] = field(default_factory=list)

    def add(self, session: Session, written_by: Version, old: object, new: object) -> None:
        """One session more."""
        self.sessions.append(session)
        self.holders.append(session.holder)
        self.written_by.append(written_by)
        self.old.append(old)
        self.new.append(new)

    def rows(self) -> Iterator[tuple[Session, Version, Any, Any]]:
        """Session by session: who wrote the old state, that state, and the new one."""
        return zip(self.sessions, self.written_by, self.old, self.new, strict=True)

    def assign(self, to: Version) -> int:
        """Give each its new state and the stamp of the release `to`; returns how many got another object."""
        changed = 0
        for session, holder, old, new in zip(self.sessions, self.holders, self.old, self.new, strict=True):
            if new is not old:
                changed += 1
                if holder is None:
                    session.state = new
                else:
                    holder.state = new
            session.release = to
        return changed

    def undo(self) -> None:
        """Give each its old state and stamp."""
        for session, written_by, old, _ in self.rows():
            if session.state is not old:
                session.state = old
            session.release = written_by


def by_kind(sessions: Sequence[Session]) -> list[list[Session]]:
    """The sessions by release and by the types of what keeps their state and of the state itself."""
    found: dict[tuple[int, type, type], list[Session]] = {}
    for session in sessions:
        kind = id(session.release), type(session.holder), type(session.state)
        found.setdefault(kind, []).append(session)
    return list(found.values())
