"""The live state that statements may change while they run: remembered, so that it can be brought back.

What runs at import may append to a list, fill a table, register a class in another module. Which containers
it reaches cannot be known, so those that modules, classes, closures and module-level objects hold are all
remembered, a few levels deep. Large ones are left out: import-time code that edits them is found by the
rehearsal.
"""

from __future__ import annotations

import functools
import gc
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MappingProxyType,
    MethodType,
    ModuleType,
)
from typing import Any, cast
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

from .journal import Journal

__all__ = ["containers", "snapshot_state"]

_WEAK = frozenset({WeakKeyDictionary, WeakValueDictionary, WeakSet})
_CONTAINERS = frozenset({dict, list, set, deque, OrderedDict, defaultdict, Counter}) | _WEAK
_TABLES = frozenset({dict, defaultdict, list, set})
_RUNNING = (FrameType, CoroutineType, GeneratorType, AsyncGeneratorType)
_LEAVES = (
    *(str, bytes, int, float, complex, bool, type(None)),
    *(BuiltinFunctionType, CodeType, ModuleType, *_RUNNING),
)
_LEAF_KINDS = frozenset(_LEAVES)
"""The same, asked first: most are of exactly one of these types."""
_HOLDERS = (
    *(MethodType, functools.partial, staticmethod, classmethod, property, MappingProxyType),
    *(functools.cached_property, functools.partialmethod),
)
"""What only leads on: `gc` tells what it holds."""
_LARGEST = 5_000
_DEPTH = 7
_MOST = 50_000
"""Objects looked at; what lies beyond is left to the rehearsal."""


def snapshot_state(journal: Journal, namespaces: Iterable[dict[str, object]]) -> set[int]:
    """Remember the contents of every container near the surface of the application's modules.

    Returns the ids of the tables among them: dictionaries that are no namespace of an object, lists and sets.
    """
    spaces, tables = list(namespaces), set()
    for container, is_namespace in _reachable(spaces):
        journal.contents(container)
        if type(container) in _TABLES and not is_namespace:
            tables.add(id(container))
    names = {space.get("__name__") for space in spaces}
    for cls in {id(cls): cls for space in spaces for cls in _classes(space)}.values():
        if cls.__module__ in names:
            journal.class_contents(cls)
    return tables


def _classes(namespace: dict[str, object]) -> Iterator[type]:
    """By the type of a value, never by `isinstance`, which asks a proxy for its `__class__`."""
    for value in list(namespace.values()):
        if issubclass(type(value), type):
            yield cast(type, value)


def containers(namespaces: Iterable[dict[str, object]]) -> Iterator[object]:
    """Dicts, lists, sets and the like within a few steps of the modules, each once."""
    return (container for container, _ in _reachable(namespaces))


def _reachable(namespaces: Iterable[dict[str, object]]) -> Iterator[tuple[Any, bool]]:
    """The containers, and whether one is what an object keeps its own attributes in."""
    spaces, seen = list(namespaces), set[int]()
    own = frozenset(map(id, spaces)), frozenset(space.get("__name__") for space in spaces)
    level: list[tuple[object, bool]] = [
        (value, False) for space in spaces for name, value in list(space.items()) if name != "__builtins__"
    ]
    for _ in range(_DEPTH):
        following: list[tuple[object, bool]] = []
        for item, is_namespace in level:
            kind = type(item)
            if kind in _LEAF_KINDS or id(item) in seen or issubclass(kind, _LEAVES) or len(seen) > _MOST:
                continue
            seen.add(id(item))
            if kind in _CONTAINERS:
                if len(item) > _LARGEST:  # type: ignore[arg-type]
                    continue
                yield item, is_namespace
            following.extend(_inside(item, *own))
        level = following


def _inside(item: Any, spaces: frozenset[int], names: frozenset[object]) -> Iterator[tuple[object, bool]]:
    """`spaces` are the ids of the application's namespaces, `names` the names of its modules."""
    kind = type(item)
    if kind in (dict, OrderedDict, defaultdict):
        yield from ((value, False) for value in dict.values(item))
    elif kind in (list, tuple, deque):
        yield from ((value, False) for value in item)
    elif kind is FunctionType:
        if item.__closure__ or id(item.__globals__) in spaces:
            yield from _inside_function(item)
    elif issubclass(kind, type):
        own = item.__module__ in names
        for name, value in item.__dict__.items():
            if type(value) not in _LEAF_KINDS and (own or type(value) is not FunctionType):
                yield value, name.startswith("__")  # such as `__annotations__`
    elif kind in _HOLDERS:
        yield from ((held, False) for held in gc.get_referents(item))
    elif _WEAK.isdisjoint(kind.__mro__):
        yield from _inside_instance(item, type(item).__module__ in names)


def _inside_function(function: FunctionType) -> Iterator[tuple[object, bool]]:
    """What its closure, its defaults and its attributes hold: any of these may be a registry."""
    for cell in function.__closure__ or ():
        yield from ((held, False) for held in gc.get_referents(cell))
    yield from ((default, False) for default in function.__defaults__ or ())
    others = (function.__globals__, function.__kwdefaults__)
    for held in gc.get_referents(function):  # to ask for `__dict__` would make one
        if type(held) is dict and not any(held is other for other in others):
            yield from () if held is function.__annotations__ else ((held, True),)


def _inside_instance(item: object, own: bool) -> Iterator[tuple[object, bool]]:
    try:
        namespace = object.__getattribute__(item, "__dict__")
    except AttributeError:
        slots = gc.get_referents(item) if own else ()
        yield from ((held, False) for held in slots if held is not type(item))
        return
    if type(namespace) is dict:
        yield namespace, True
