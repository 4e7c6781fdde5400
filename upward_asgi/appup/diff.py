"""Two versions of a module as changes: which statements are the same, changed, added, removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from .definitions import Statement

__all__ = ["Change", "Changed", "classes_changed", "diff_statements"]


class Changed(Enum):
    """How a statement differs from its older self."""

    SAME = "same"
    BODY = "body"
    """Only bodies of functions differ."""
    TEXT = "text"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """A statement and its older self; one of both is missing when it was added or removed."""

    how: Changed
    old: Statement | None
    new: Statement | None


def diff_statements(old: Sequence[Statement], new: Sequence[Statement]) -> tuple[Change, ...]:
    """Pair two lists of statements: equal text first, then equal shells, then equal names.

    Order does not count: a statement that only moved is the same. The result has the new statements in
    their order, then the removed ones.
    """
    pairs: dict[int, tuple[Statement, Changed]] = {}
    left_old, left_new = list(old), list(new)
    steps: tuple[tuple[Callable[[Statement], object], Changed], ...] = (
        (lambda s: s.text, Changed.SAME),
        (lambda s: (s.key, s.shell), Changed.BODY),
        (lambda s: s.key, Changed.TEXT),
    )
    for fingerprint, how in steps:
        left_old, left_new = _pair(left_old, left_new, fingerprint, how, pairs)
    changes = [
        Change(pairs[s.index][1], pairs[s.index][0], s)
        if s.index in pairs
        else Change(Changed.ADDED, None, s)
        for s in new
    ]
    return (*changes, *(Change(Changed.REMOVED, s, None) for s in left_old))


def classes_changed(change: Change) -> tuple[Change, ...]:
    """A changed class statement, or those inside a changed block; one that is new there has no older self."""
    if change.new is None or change.new.is_class:
        return (change,) if change.new is not None else ()
    older = change.old.classes if change.old is not None else ()
    return diff_statements(older, change.new.classes)


def _pair(
    old: list[Statement],
    new: list[Statement],
    fingerprint: Callable[[Statement], object],
    how: Changed,
    pairs: dict[int, tuple[Statement, Changed]],
) -> tuple[list[Statement], list[Statement]]:
    waiting: defaultdict[object, list[Statement]] = defaultdict(list)
    for statement in old:
        waiting[fingerprint(statement)].append(statement)
    rest = []
    for statement in new:
        candidates = waiting[fingerprint(statement)]
        if candidates:
            pairs[statement.index] = (candidates.pop(0), how)
        else:
            rest.append(statement)
    unpaired = [s for candidates in waiting.values() for s in candidates]
    return sorted(unpaired, key=lambda s: s.index), rest
