"""The live state that statements may change while they run: remembered, so that it can be brought back.

What runs at import may append to a list, fill a table, register a class in another module. Which containers
it reaches cannot be known, so those that modules, classes and module-level objects hold are all remembered,
a few levels deep. Large ones are left out: import-time code that edits them is found by the rehearsal.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import cast
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

from .journal import Journal

__all__ = ["containers", "snapshot_state"]

_CONTAINERS = (dict, list, set, deque, OrderedDict, defaultdict, Counter, WeakSet)
_LEAVES = (str, bytes, int, float, complex, bool, type(None), FunctionType, BuiltinFunctionType, ModuleType)
_WEAK = frozenset({WeakKeyDictionary, WeakValueDictionary, WeakSet})
_LARGEST = 5_000
_DEPTH = 7
_MOST = 50_000
"""Objects looked at; what lies beyond is left to the rehearsal."""


def snapshot_state(journal: Journal, namespaces: Iterable[dict[str, object]]) -> None:
    """Remember the contents of every container near the surface of the application's modules."""
    spaces = list(namespaces)
    for container in containers(spaces):
        journal.contents(container)
    names = {space.get("__name__") for space in spaces}
    for cls in {id(cls): cls for space in spaces for cls in _classes(space)}.values():
        if cls.__module__ in names:
            journal.class_contents(cls)


def _classes(namespace: dict[str, object]) -> Iterator[type]:
    """By the type of a value, never by `isinstance`, which asks a proxy for its `__class__`."""
    for value in list(namespace.values()):
        if issubclass(type(value), type):
            yield cast(type, value)


def containers(namespaces: Iterable[dict[str, object]]) -> Iterator[object]:
    """Dicts, lists, sets and the like within a few steps of the modules, each once."""
    seen: set[int] = set()
    level: list[object] = [
        value for space in namespaces for name, value in list(space.items()) if name != "__builtins__"
    ]
    for _ in range(_DEPTH):
        following: list[object] = []
        for item in level:
            if issubclass(type(item), _LEAVES) or id(item) in seen or len(seen) > _MOST:
                continue
            seen.add(id(item))
            if type(item) in _CONTAINERS:
                if len(item) > _LARGEST:  # type: ignore[arg-type]
                    continue
                yield item
            following.extend(_inside(item))
        level = following


def _inside(item: object) -> Iterator[object]:
    kind = type(item)
    if kind in (dict, OrderedDict, defaultdict):
        yield from dict.values(item)  # type: ignore[arg-type]
    elif kind in (list, tuple, deque):
        yield from item  # type: ignore[misc]
    elif issubclass(kind, type):
        yield from (value for value in item.__dict__.values() if not issubclass(type(value), _LEAVES))
    elif _WEAK.isdisjoint(kind.__mro__):
        try:
            namespace = object.__getattribute__(item, "__dict__")
        except AttributeError:
            return
        if type(namespace) is dict:
            yield namespace
