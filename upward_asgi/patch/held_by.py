"""What holds an object alive: followed from holder to holder until one that an operator can name.

The object is asked of the collector, step by step: a function may hang in a partial, that in a list, and
the list be a module's. Meant for a copy of the process or for few objects, since each step is a pass over the
heap.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import CellType, FrameType, FunctionType, ModuleType
from typing import Any

from .heap import referrers

__all__ = ["Holder", "is_of_module", "last_holders"]

_DEEP = 6
"""Steps from holder to holder."""
_WIDE = 24
"""Holders that are followed at each step."""
_WORDS = 4
"""Holders in between that are named."""
_ENOUGH = 3
"""Nameable holders after which nobody looks for another."""
_LOOPS = frozenset({"asyncio", "uvloop"})


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds something in the end, and by what."""

    by: str
    """`timer` or `callback` of the event loop, `session`, `task`, `thread`, `module`; else `other`."""
    way: str
    """From the nearest holder to the last, in words."""


def last_holders(target: object, owners: Mapping[int, Holder], own: Iterable[int] = ()) -> list[Holder]:
    """Who holds `target`, the nearest first; empty when only C code or a thread's stack can be.

    `owners` are known by the id of what they hold it with: a suspended coroutine, a task. `own` are the ids
    of what only the asker holds it with.
    """
    if id(target) in owners:
        return [owners[id(target)]]
    found: list[Holder] = []
    nearest: list[Holder] = []
    seen = {id(target), *own}
    level: list[tuple[object, tuple[str, ...]]] = [(target, ())]
    for _ in range(_DEEP):
        following: list[tuple[object, tuple[str, ...]]] = []
        seen.update((id(level), id(following), *map(id, level)))
        for holder, words in _level_above(level, seen):
            end = _nameable(holder, words, owners)
            if end is not None:
                found += [] if end in found else [end]
            elif len(following) < _WIDE:
                following.append((holder, words))
        if not nearest:
            nearest = [Holder("other", _joined(words)) for _, words in following[:1]]
        if not following or len(found) >= _ENOUGH:
            break
        level = following
    return found or nearest


def _level_above(
    level: list[tuple[object, tuple[str, ...]]], seen: set[int]
) -> Iterator[tuple[object, tuple[str, ...]]]:
    """Everybody who holds something of this level, each once, with the words that lead there."""
    words = {id(item): way for item, way in level}
    items = [item for item, _ in level]
    holders = referrers(tuple(items))
    seen.update((id(items), id(words), id(holders)))
    for holder in holders:
        if id(holder) in seen or type(holder) is FrameType:
            continue
        held = next((one for one in gc.get_referents(holder) if id(one) in words), None)
        if held is not None:
            seen.add(id(holder))
            yield holder, (*words[id(held)], *_word(holder, held))


def _nameable(holder: Any, words: tuple[str, ...], owners: Mapping[int, Holder]) -> Holder | None:
    if id(holder) in owners:
        owner = owners[id(holder)]
        return Holder(owner.by, _joined((*words[:-1], owner.way)))
    kind = type(holder)
    if kind.__module__.partition(".")[0] in _LOOPS and kind.__name__ in ("Handle", "TimerHandle"):
        return Holder("timer" if kind.__name__ == "TimerHandle" else "callback", _joined(words))
    if isinstance(holder, ModuleType) or is_of_module(holder):
        return Holder("module", _joined(words))
    return None


def is_of_module(holder: Any) -> bool:
    """True for the dictionary of an imported module."""
    if type(holder) is not dict:
        return False
    module = sys.modules.get(holder.get("__name__", ""))
    return getattr(module, "__dict__", None) is holder


def _word(holder: Any, held: object) -> tuple[str, ...]:
    """What to call a holder; nothing for what only leads on."""
    if isinstance(holder, CellType):
        return ()
    if isinstance(holder, FunctionType):
        return (f"the function {holder.__module__}:{holder.__qualname__}",)
    if isinstance(holder, type):
        return (f"the class {holder.__module__}:{holder.__qualname__}",)
    if is_of_module(holder):
        key = next((str(key) for key, value in holder.items() if value is held), "?")
        return (f"{holder['__name__']}:{key}",)
    kind = type(holder)
    return (kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}",)


def _joined(words: tuple[str, ...]) -> str:
    if len(words) > _WORDS:
        words = (*words[:2], "…", *words[-1:])
    return " in ".join(words)
