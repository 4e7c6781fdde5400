"""Replacing references to an object that another one stands for now, in one pass over the heap.

Running a definition again makes new objects; when the old ones live on (merged in place), whatever the run
stored of the new ones (registries, tables, cells, subclasses) must hold the old ones instead, and the other
way round when an object had to be replaced.
"""

from __future__ import annotations

import gc
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from types import CellType, FrameType, FunctionType, MethodType
from typing import Any

from .exchange import NESTED, is_fixed, slots_of
from .heap import holders
from .hierarchy import is_double, with_subclasses
from .journal import Journal

__all__ = ["replace_references"]


class _Replacement:
    def __init__(
        self,
        journal: Journal,
        pairs: Iterable[tuple[object, object]],
        skip: Iterable[object],
        depth: int = 0,
    ) -> None:
        self.journal = journal
        self.depth = depth
        self.by_id = {id(old): (old, new) for old, new in pairs if old is not new}
        self.skip = {id(self), id(self.by_id), *map(id, self.by_id.values()), *(id(item) for item in skip)}
        self.log: set[int] = set()
        self.fixed: dict[int, tuple[Any, ...] | MethodType] = {}
        """Tuples and bound methods cannot change: others take their places, wherever they are held."""
        self.namespaces: dict[int, dict[Any, Any]] = {}
        """Dictionaries that may be those of classes. Like tuples, they have to wait for a second look."""
        self.skip.update((id(self.fixed), id(self.namespaces)))

    def now(self, value: object) -> Any:
        pair = self.by_id.get(id(value))
        return value if pair is None else pair[1]

    def in_object(self, holder: Any) -> None:
        kind = type(holder)
        # By the type, never by `isinstance`: that asks a proxy for its `__class__`, which runs its code.
        if issubclass(kind, dict):
            self._in_dict(holder)
        elif kind is list or kind is deque:
            self._in_sequence(holder)
        elif issubclass(kind, set):
            self._in_set(holder)
        elif kind is CellType:
            self.journal.set_attribute(holder, "cell_contents", self.now(holder.cell_contents))
        elif kind is FunctionType:
            self._in_function(holder)
        elif is_fixed(holder):
            self._in_fixed(holder)
        elif issubclass(kind, type):
            self._in_class(holder)
        elif not issubclass(kind, FrameType):
            self._in_instance(holder)

    def _in_instance(self, holder: Any) -> None:
        """Slots, and attributes that CPython keeps without a dictionary until somebody asks for it."""
        for name, value in slots_of(holder).items():
            if id(value) in self.by_id:
                self.journal.set_attribute(holder, name, self.now(value))
        try:
            namespace = object.__getattribute__(holder, "__dict__")
        except AttributeError:
            return
        if type(namespace) is dict:
            self._in_dict(namespace)

    def _in_dict(self, holder: dict[Any, Any]) -> None:
        if "__module__" in holder:
            self.namespaces[id(holder)] = holder
        else:
            self._in_entries(holder)

    def _in_entries(self, holder: dict[Any, Any]) -> None:
        if any(id(key) in self.by_id for key in dict.keys(holder)):
            items = [(self.now(key), self.now(value)) for key, value in dict.items(holder)]
            self.journal.contents(holder)
            kind = OrderedDict if isinstance(holder, OrderedDict) else dict  # the former keeps its own order
            kind.clear(holder)
            for key, value in items:
                kind.__setitem__(holder, key, value)
            return
        for key, value in list(dict.items(holder)):
            if id(value) in self.by_id:
                self.journal.set_item(holder, key, self.now(value))

    def _in_sequence(self, holder: list[Any] | deque[Any]) -> None:
        self.journal.contents(holder)
        for index, value in enumerate(list(holder)):
            if id(value) in self.by_id:
                holder[index] = self.now(value)

    def _in_set(self, holder: set[Any]) -> None:
        self.journal.contents(holder)
        members = [self.now(value) for value in holder]
        holder.clear()
        holder.update(members)

    def _in_function(self, holder: FunctionType) -> None:
        if id(holder.__defaults__) in self.by_id:
            self.journal.set_attribute(holder, "__defaults__", self.now(holder.__defaults__))
        elif holder.__defaults__:
            self.journal.set_attribute(holder, "__defaults__", tuple(map(self.now, holder.__defaults__)))
        for namespace in (holder.__kwdefaults__, holder.__annotations__, holder.__dict__):
            if namespace:
                self._in_dict(namespace)

    def _in_fixed(self, holder: tuple[Any, ...] | MethodType) -> None:
        if id(holder) not in self.skip and self.depth <= NESTED:
            self.fixed[id(holder)] = holder

    def settle(self) -> None:
        """Do what had to wait, all of it with one more look.

        A tuple or a bound method cannot change: a new one takes its place wherever it is held (bases are set
        elsewhere).
        """
        if not self.fixed and not self.namespaces:
            return
        found = holders((*self.namespaces.values(), *self.fixed.values()))
        self._in_namespaces(found)
        made: dict[int, Any] = {}
        pairs = ((holder, self._made_anew(holder, made)) for holder in self.fixed.values())
        nested = _Replacement(self.journal, pairs, (found, made), self.depth + 1)
        nested.skip |= {*self.skip, *self.fixed}
        log = nested.log = self.log or {id(item) for item in self.journal.holders()}
        for outer in found:
            if id(outer) not in nested.skip and id(outer) not in log and self._holds_fixed(outer):
                nested.in_object(outer)
        nested.settle()

    def _made_anew(self, holder: Any, made: dict[int, Any]) -> Any:
        """The same with the new objects, and with what is fixed inside of it as it is to be."""
        if id(holder) not in made:
            parts = (holder.__func__, holder.__self__) if type(holder) is MethodType else holder
            inner = (self._made_anew(v, made) if id(v) in self.fixed else self.now(v) for v in parts)
            kind: Any = type(holder)
            made[id(holder)] = MethodType(*inner) if kind is MethodType else tuple.__new__(kind, inner)
        return made[id(holder)]

    def _holds_fixed(self, holder: object) -> bool:
        """True for what was found because of a tuple or a method, and can hold another."""
        parts = gc.get_referents(holder)
        return any(id(part) in self.fixed for part in parts) and not issubclass(type(holder), type)

    def _in_namespaces(self, found: Iterable[Any]) -> None:
        """Written to directly, the dictionary of a class would leave the type's attribute cache stale."""
        for owner in [one for one in found if issubclass(type(one), type)]:
            spaces = [self.namespaces.pop(id(part), None) for part in gc.get_referents(owner)]
            if any(space is not None for space in spaces):
                self._in_class(owner)
        for holder in self.namespaces.values():
            self._in_entries(holder)

    def _in_class(self, holder: type) -> None:
        for name, value in list(holder.__dict__.items()):
            if id(value) in self.by_id:
                self.journal.set_class(holder, name, self.now(value))
        rebased = any(id(base) in self.by_id for base in holder.__bases__)
        if rebased and id(holder) not in self.by_id and not is_double(holder):
            self.journal.set_bases(holder, tuple(map(self.now, holder.__bases__)))


def _orders(targets: Iterable[object]) -> Iterator[int]:
    """The `__mro__` of replaced classes, and of those below: CPython makes them anew when bases are set."""
    for target in targets:
        if issubclass(type(target), type):
            yield from (id(cls.__mro__) for cls in with_subclasses(target))  # type: ignore[arg-type]


def replace_references(
    journal: Journal, pairs: Iterable[tuple[object, object]], skip: Iterable[object] = ()
) -> None:
    """Let every holder of an old object hold the new one of its pair: one heap pass for all pairs."""
    pairs = list(pairs)
    replacement = _Replacement(journal, pairs, (pairs, *pairs, *skip))
    if not replacement.by_id:
        return
    targets = [old for old, _ in replacement.by_id.values()]
    replacement.skip.add(id(targets))
    replacement.skip.update(_orders(targets))
    own = {id(item) for item in replacement.by_id.values()} | {id(replacement.__dict__)}
    log = list(journal.holders())
    own.update(map(id, log))
    own.add(id(log))
    found = holders(tuple(targets))
    replacement.skip.add(id(found))
    for holder in found:
        if id(holder) in replacement.skip or id(holder) in own or id(holder) in replacement.by_id:
            continue
        if issubclass(type(holder), FrameType):
            continue
        replacement.in_object(holder)
        if id(type(holder)) in replacement.by_id:
            journal.set_class_of(holder, replacement.now(type(holder)))
    replacement.settle()
