"""What still reaches old code after a patch: functions, suspended frames, classes, threads.

A closure whose variables changed keeps its old code, a drained handler its old frame, and something of
another package may hold a class that was made anew. Nothing of that is an error, but nobody should have to
guess.

The look goes over the whole heap and collects what waits to be collected, so it belongs into a forked copy of
the process. Not seen are code objects that somebody holds without their function, and what was pickled or
sent elsewhere.
"""

from __future__ import annotations

import gc
import time
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType
from typing import Any

from .functions import forwards
from .held_by import Holder, last_holders
from .old_code import OldCode, OldPlace

__all__ = ["Leftover", "Leftovers", "find_leftovers"]

_FRAMES = {CoroutineType: "cr", GeneratorType: "gi", AsyncGeneratorType: "ag"}
_KINDS = frozenset({FunctionType, *_FRAMES})
_FOLLOWED = 8
"""Objects of a kind whose holders are followed; the count says how many there are."""
_WAYS = 3
"""Ways that are named for each kind of holder."""


@dataclass(slots=True)
class Leftover:
    """Old code of one function, or one superseded class, and who reaches it."""

    what: str
    """`function`, `frame` (a coroutine or generator suspended in it), `class` or `thread`."""
    name: str
    """`module:qualified.name`."""
    release: str | None
    """The release that the code is of; None for a class."""
    place: str | None
    """`file:line` of its definition."""
    count: int = 0
    """How many functions, frames or threads; of a class, its instances."""
    held_by: Counter[str] = field(default_factory=Counter)
    """How many are held by whom, as far as that was followed: the words of `Holder.by`."""
    ways: list[str] = field(default_factory=list)
    """A few of the ways by which they are held."""

    def held(self, holders: Iterable[Holder]) -> None:
        """Note who holds one of them."""
        self.held_by.update(dict.fromkeys((holder.by for holder in holders), 1))
        new = [holder.way for holder in holders if holder.way and holder.way not in self.ways]
        self.ways += new[: max(0, _WAYS - len(self.ways))]

    def to_json(self) -> dict[str, object]:
        """As the report shows it."""
        return asdict(self) | {"held_by": dict(sorted(self.held_by.items()))}


@dataclass(slots=True)
class Leftovers:
    """Everything that was found."""

    found: list[Leftover] = field(default_factory=list)
    complete: bool = True
    """False when time was up before every holder was known; the counts are whole."""


def find_leftovers(
    old: OldCode,
    superseded: Iterable[weakref.ref[type]],
    owners: Callable[[], Mapping[int, Holder]],
    threads: Iterable[tuple[str, CodeType]] = (),
    *,
    seconds: float,
) -> Leftovers:
    """Look at every object of this process; follow their holders for `seconds` at most.

    `superseded` are the classes that patches made anew; `owners` tells who a task or a suspended coroutine
    belongs to; `threads` names threads with the code on their stacks, which a copy does not have any more.
    """
    search = _Search(old, time.monotonic() + seconds)
    search.in_threads(threads)
    gc.unfreeze()  # what is frozen is not shown
    classes = list(superseded)
    if _objects(old) or any(one() is not None for one in classes):
        _collect_quietly()
        search.in_objects()
        search.in_classes([cls for one in classes if (cls := one()) is not None])
        search.follow(owners())
    return search.result


class _Search:
    """One look."""

    def __init__(self, old: OldCode, until: float) -> None:
        self.result = Leftovers()
        self._old = old
        self._until = until
        self._objects: list[tuple[Leftover, list[object]]] = []

    def in_threads(self, threads: Iterable[tuple[str, CodeType]]) -> None:
        for thread, code in threads:
            place = self._old.place(code)
            if place is not None:
                leftover = _of_place("thread", place)
                leftover.count = 1
                leftover.held([Holder("thread", f"the thread {thread}")])
                self.result.found.append(leftover)

    def in_objects(self) -> None:
        for (what, place), objects in _objects(self._old).items():
            self._add(_of_place(what, place), objects, len(objects))

    def in_classes(self, classes: list[type]) -> None:
        wanted = set(map(id, classes))
        instances = Counter(kind for item in gc.get_objects() if (kind := id(type(item))) in wanted)
        for cls in classes:
            name = f"{cls.__module__}:{cls.__qualname__}"
            self._add(Leftover("class", name, None, None), [cls], instances[id(cls)])

    def _add(self, leftover: Leftover, objects: list[object], count: int) -> None:
        leftover.count = count
        self.result.found.append(leftover)
        self._objects.append((leftover, objects))

    def follow(self, owners: Mapping[int, Holder]) -> None:
        """Find out who holds what was found."""
        own = {id(objects) for _, objects in self._objects}
        for leftover, objects in self._objects:
            known = [owners[id(one)] for one in objects if id(one) in owners]
            for holder in known:
                leftover.held([holder])
            for item in [one for one in objects if id(one) not in owners][:_FOLLOWED]:
                if time.monotonic() > self._until:
                    self.result.complete = False
                    return
                leftover.held(last_holders(item, owners, own))


def _of_place(what: str, place: OldPlace) -> Leftover:
    name, where = f"{place.module}:{place.qualname}", f"{place.file}:{place.line}"
    return Leftover(what, name, place.release, where)


def _objects(old: OldCode) -> dict[tuple[str, OldPlace], list[object]]:
    """Functions and suspended frames of old code, by what and whose they are."""
    found: defaultdict[tuple[str, OldPlace], list[object]] = defaultdict(list)
    for item in [item for item in gc.get_objects() if type(item) in _KINDS]:
        place = old.place(_code(item))
        if place is not None and _can_run(item):
            found["function" if type(item) is FunctionType else "frame", place].append(item)
    return found


def _code(item: Any) -> CodeType:
    prefix = _FRAMES.get(type(item))
    code: CodeType = item.__code__ if prefix is None else getattr(item, f"{prefix}_code")
    return code


def _can_run(item: Any) -> bool:
    """False of a coroutine that has ended, and of a function whose code only calls the new one."""
    if type(item) is FunctionType:
        return not forwards(item)
    return getattr(item, f"{_FRAMES[type(item)]}_frame") is not None


_kept: list[object] = []
"""What this copy of the process must never finalize: it ends with it."""


def _collect_quietly() -> None:
    """Collect what nobody reaches, but for what has a finalizer: to run that is the original's to do."""
    registry: dict[object, object] = weakref.finalize._registry  # type: ignore[attr-defined]
    registry.clear()
    known: dict[type, bool] = {}
    _kept.extend(item for item in gc.get_objects() if _has_finalizer(type(item), known))
    gc.collect()


def _has_finalizer(kind: type, known: dict[type, bool]) -> bool:
    if kind not in known:
        known[kind] = any("__del__" in vars(base) for base in kind.__mro__)
    return known[kind]
