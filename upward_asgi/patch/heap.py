"""Who holds an object: asked of the whole heap, or only of what lies near.

A pass over the heap costs 0.06 s and more per million objects, and 10,000 sessions are a million objects:
too much for a step in which everybody waits. But hardly anything that a patch looks for is held by a session.
What a statement has just made is held by what was made since (few objects), or by what import-time code
writes to: the containers near the modules, which the patch remembers anyway. So there is a near look, and the
rehearsal, which has time, compares it with the whole: only if it missed nothing there is it used.

While the look is near, all that is older than the patch is out of the collector's sight (`gc.freeze`, which
costs nothing). So nobody in this room may ask the collector directly.
"""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import FrameType
from typing import Any

__all__ = [
    "Heap",
    "Reach",
    "expect",
    "holders",
    "instances",
    "instances_without_garbage",
    "referrers",
]

_YOUNG = (0, 1)
"""The collector's generations in which what was born during a patch is found."""
_KEYS = 4
"""Keys of a dictionary that tell which one it is."""


class Reach(Enum):
    """How far a patch looks."""

    WHOLE = "whole"
    """At every object, at each question."""
    COMPARED = "compared"
    """At every object, noting whom the near look would have missed."""
    NEAR = "near"
    """At what is new, and what lies near the modules."""


class Heap:
    """The look of one patch; there is one at a time, for a patch is one step of the event loop."""

    def __init__(self, reach: Reach, containers: Collection[Any] = (), logs: Collection[object] = ()) -> None:
        self.reach = reach
        self.missed: list[str] = []
        """What the near look would have missed, in words."""
        self.seconds = 0.0
        """How long the comparing took, which a near look would not have taken."""
        self._containers = containers
        self._young: dict[int, object] = {}
        self._expected: list[weakref.ref[type]] = []  # weak: no holder of the classes itself
        self._instances: dict[int, list[object]] = {}
        """By the id of their class: those found when one of the expected classes was asked for."""
        self._own = {id(self._young), *map(id, logs)}

    @contextmanager
    def looking(self) -> Iterator[None]:
        """What is made in this context is new; what is there already is old."""
        global _heap
        before, _heap = _heap, self
        if self.reach is not Reach.WHOLE:
            gc.freeze()
        try:
            yield
        finally:
            _heap = before
            if self.reach is not Reach.WHOLE:
                gc.unfreeze()
            self._young.clear()
            self._instances.clear()

    def expect(self, classes: Iterable[type]) -> None:
        """These are likely to be asked for their instances: one pass over the heap is to do for all."""
        self._expected += map(weakref.ref, classes)

    def instances(self, kinds: Collection[type]) -> list[Any]:
        """Every instance of exactly these classes."""
        if any(id(kind) not in self._instances for kind in kinds):
            expected = (kind for ref in self._expected if (kind := ref()) is not None)
            self._look_for({*kinds, *expected})
        found = {id(item): item for kind in kinds for item in self._instances[id(kind)]}
        born = (item for young in _YOUNG for item in gc.get_objects(generation=young))
        found.update((id(item), item) for item in born if type(item) in kinds)
        return list(found.values())

    def forget_instances(self) -> None:
        """Hold none of those found any more: garbage among them can be collected."""
        self._instances.clear()

    def _look_for(self, kinds: set[type]) -> None:
        self._instances = {id(kind): [] for kind in kinds}
        for item in self.referrers(tuple(kinds)):
            if type(item) in kinds:
                self._instances[id(type(item))].append(item)

    def referrers(self, targets: tuple[object, ...]) -> list[Any]:
        """Every object that refers to one of the targets."""
        if self.reach is Reach.NEAR:
            self.reach = Reach.WHOLE  # from here on: what is new cannot be told any more
            gc.unfreeze()
        if self.reach is Reach.WHOLE:
            return _referrers(targets)
        self._remember_young()
        gc.unfreeze()
        found = _referrers(targets)
        self._young[id(found)] = found
        gc.freeze()
        return found

    def holders(self, targets: tuple[object, ...]) -> list[Any]:
        """The same of targets that may be new: then a near look is enough."""
        if self.reach is Reach.WHOLE or not self._are_new(targets):
            return self.referrers(targets)
        ids = set(map(id, targets))
        near = [container for container in self._containers if _contains(container, ids)]
        if self.reach is Reach.NEAR:
            return near + _referrers(targets)
        began = time.perf_counter()
        whole = self.referrers(targets)
        self.seconds += time.perf_counter() - began
        known = {*map(id, near), *self._young, *self._own, id(targets)}
        self.missed += [_named(one) for one in whole if id(one) not in known and type(one) is not FrameType]
        return whole

    def _are_new(self, targets: tuple[object, ...]) -> bool:
        young = set(map(id, gc.get_objects()))
        return all(id(target) in young or id(target) in self._young for target in targets)

    def _remember_young(self) -> None:
        self._young.update((id(one), one) for one in gc.get_objects())


_heap = Heap(Reach.WHOLE)


def expect(classes: Iterable[type]) -> None:
    """Say whose instances the patch is likely to ask for."""
    _heap.expect(classes)


def instances(kinds: Collection[type]) -> list[Any]:
    """Every instance of exactly these classes; the first question looks for those of all expected ones."""
    return _heap.instances(kinds)


def instances_without_garbage(kinds: Collection[type]) -> list[Any]:
    """The same after a collection: for those who would refuse because of one."""
    _heap.forget_instances()
    gc.collect()
    return _heap.instances(kinds)


def referrers(targets: tuple[object, ...]) -> list[Any]:
    """Every object, but for the tuple, that refers to one of the targets, which are older than the patch."""
    return _heap.referrers(targets)


def holders(targets: tuple[object, ...]) -> list[Any]:
    """The same of targets that the patch has most likely made."""
    return _heap.holders(targets)


def _referrers(targets: tuple[object, ...]) -> list[Any]:
    """What `gc` finds, without the tuple that it was asked with (Python 3.13 counts that)."""
    return [holder for holder in gc.get_referrers(*targets) if holder is not targets]


def _contains(container: Any, ids: set[int]) -> bool:
    try:
        if isinstance(container, dict):
            values = dict.values(container)
            return not (ids.isdisjoint(map(id, values)) and ids.isdisjoint(map(id, dict.keys(container))))
        return not ids.isdisjoint(map(id, container))
    except RuntimeError:  # a weak set that shrinks meanwhile holds nothing alive
        return False


def _named(holder: object) -> str:
    kind = type(holder)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(holder, dict):
        keys = [str(key) for key in list(holder)[:_KEYS] if isinstance(key, str)]
        return f"a {name} with {', '.join(keys) or 'no names'}"
    return f"a {name}"
