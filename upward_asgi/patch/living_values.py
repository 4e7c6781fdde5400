"""Tables that making a class has filled with its attributes, some of which live on as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any

from .exchange import slots_of
from .journal import Journal

__all__ = ["LivingValues"]

_PLAIN = (int, str, bytes, float, complex, bool, type(None), type(Ellipsis), frozenset, type, FunctionType)
"""Kinds of objects that many share who have nothing to do with each other, or that have a name."""
_DEEP = 5
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement


class LivingValues:
    """The attributes of a class just made whose living selves stay, each with the object that lives on."""

    def __init__(self, journal: Journal, made: Mapping[str, Any], living: Mapping[str, Any]) -> None:
        self.journal = journal
        self.by_id: dict[int, tuple[Any, Any]] = {}
        for name, value in living.items():
            if name in made:
                self._pair(made[name], value, 0)

    def _pair(self, made: Any, living: Any, depth: int) -> None:
        """Note the two, and what they hold in the same places: one text has made both."""
        kind, same = type(made), type(made) is type(living)
        if made is living or issubclass(kind, _PLAIN) or id(made) in self.by_id or (depth and not same):
            return
        if kind is not tuple:
            self.by_id[id(made)] = made, living
        if same and depth < _DEEP:
            for one, other in _parts(made, living):
                self._pair(one, other, depth + 1)

    def inside(self, value: Any) -> Any:
        """`value` with the living objects in it; containers are changed in place."""
        return self._inside(value, 0) if self.by_id else value

    def _inside(self, value: Any, depth: int) -> Any:
        if id(value) in self.by_id:
            return self.by_id[id(value)][1]
        kind = type(value)
        if depth > _DEEP or kind not in (dict, list, tuple, set, MethodType):
            return value
        if kind is MethodType:
            owner = self._inside(value.__self__, depth + 1)
            return value if owner is value.__self__ else MethodType(value.__func__, owner)
        return self._container(value, kind, depth + 1)

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        held = list(value.values() if kind is dict else value)
        now = [self._inside(item, depth) for item in held]
        if all(one is other for one, other in zip(held, now, strict=True)):
            return value
        if kind is tuple:
            return tuple(now)
        self.journal.contents(value)
        if kind is dict:
            value.update(zip(list(value), now, strict=True))
        elif kind is list:
            value[:] = now
        else:
            value.clear()
            value.update(now)
        return value


def _parts(made: Any, living: Any) -> Iterator[tuple[Any, Any]]:
    """What two objects of one kind hold in the same places."""
    kind = type(made)
    if kind in (list, tuple) and len(made) == len(living):
        yield from zip(made, living, strict=True)
    elif kind is dict:
        yield from ((made[key], living[key]) for key in made.keys() & living.keys())
    elif kind.__flags__ & _HEAP_TYPE:
        ours, theirs = _held(made), _held(living)
        yield from ((ours[name], theirs[name]) for name in ours.keys() & theirs.keys())


def _held(value: Any) -> dict[str, Any]:
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        held = {}
    return {**slots_of(value), **(held if type(held) is dict else {})}
