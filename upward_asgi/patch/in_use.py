"""Whether anybody still has what a release does not have any more, such as a member of an enum.

Asked when every statement has run: what the patch itself made anew or dropped is then held by the undo log
alone, and nobody will see it again. So the question is not who holds it, but whether a way leads from there
to something that lives: it is followed from holder to holder, each step a pass over the heap, until all
ways end in the log (or in garbage), or one ends in a module, a class, or what something runs with.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import FrameType, FunctionType
from typing import Any

from .heap import referrers
from .held_by import is_of_module, last_holders
from .journal import Journal
from .refusal import CannotFollow

__all__ = ["Gone", "require_not_in_use"]

_PATCH = __name__.rpartition(".")[0]
_MOST = 20_000
"""Holders that are looked at; whatever is held by more is taken to be in use."""


@dataclass(frozen=True, slots=True)
class Gone:
    """An object that the new release does not have; nobody may have it afterwards."""

    code: str
    """Of the refusal."""
    what: str
    target: object
    advice: str


def require_not_in_use(journal: Journal, gone: Collection[Gone]) -> None:
    """Raises `CannotFollow` when one of them is to be reached from anything but the undo log.

    What only a running frame or an extension's own memory holds it with is not seen.
    """
    if not gone:
        return
    own = {id(gone), *map(id, gone), *map(id, journal.holders()), *map(id, journal.pairs())}
    found = _Climb([one.target for one in gone], own).first_in_use()
    if found is None:
        return
    one = next(one for one in gone if one.target is found)
    by = next(iter(last_holders(found, {}, own)), None)
    raise CannotFollow(
        one.code, f"{one.what} is in use{f': held by {by.way}' if by and by.way else ''}", advice=one.advice
    )


class _Climb:
    """From some objects up to all who reach them, but for what is the patch's own."""

    def __init__(self, targets: list[object], own: set[int]) -> None:
        self.level = targets
        self.found: list[list[object]] = []
        """All that was found, kept so that no id is given to another object meanwhile."""
        self.seen = {*own, *map(id, targets), id(self.found), id(self.__dict__)}
        self.target = {id(target): target for target in targets}
        """By the id of each object of the level: which of the first ones it leads to."""

    def first_in_use(self) -> object | None:
        """The first of the objects that something living reaches; None when there is none."""
        exact = False  # who has the objects themselves is not counted: extensions keep references in secret
        while self.level:
            used = self._step(exact)
            if used is not None:
                return used
            exact = True
        return None

    def _step(self, exact: bool) -> object | None:
        level, target = self.level, self.target
        holders = referrers(tuple(level))
        self.found.append(holders)
        self.seen.add(id(holders))
        aside = {id(level), id(target), id(holders)}
        seen_from = _references(level, (h for h in holders if id(h) not in aside))
        if exact:
            again = Counter(id(holder) for holder in holders)
            for index in range(len(level)):
                one = id(level[index])
                if sys.getrefcount(level[index]) - _ALONE - again[one] > seen_from[one]:
                    return target[one]
        self.level, self.target = [], {}
        for holder in holders:
            if id(holder) in self.seen or id(holder) in aside or _is_own(holder):
                continue
            self.seen.add(id(holder))
            leads_to = next(target[id(held)] for held in gc.get_referents(holder) if id(held) in target)
            if _lives(holder) or len(self.seen) > _MOST:
                return leads_to
            self.level.append(holder)
            self.target[id(holder)] = leads_to
        return None


def _references(level: list[object], holders: Iterable[object]) -> Counter[int]:
    """By id: how many references the holders have to each object of the level."""
    wanted = set(map(id, level))
    return Counter(id(held) for holder in holders for held in gc.get_referents(holder) if id(held) in wanted)


def _is_own(holder: Any) -> bool:
    """True for what only the patch has: its log, its lists, its frames."""
    kind = type(holder)
    if kind is FunctionType:
        return _of_patch(holder.__module__)
    if kind is FrameType:
        return _of_patch(holder.f_globals.get("__name__"))
    return _of_patch(kind.__module__)


def _of_patch(module: object) -> bool:
    return isinstance(module, str) and f"{module}.".startswith(f"{_PATCH}.")


def _lives(holder: Any) -> bool:
    """True for where a way ends: what is found by its name."""
    if issubclass(type(holder), type):
        return _is_at_home(holder)
    return is_of_module(holder)


def _is_at_home(cls: type) -> bool:
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, "__dict__", {}).get(name)
    return found is cls


def _alone() -> int:
    """What is counted for an object that only one list has."""
    level = [object()]
    return sys.getrefcount(level[0])


_ALONE = _alone()
