"""The name that a package stamps on its classes, and on what is in them, in place of the defining module's.

A package imports `Client` from its module `shop.api` and sets `Client.__module__` to `shop`; some go through
what is in the class as well. That statement did not change and does not run again, so what the patch
makes anew gets the stamp that the living class carries.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from types import FunctionType
from typing import Any

from .journal import Journal

__all__ = ["Stamp", "remember_names"]

_STAMPED = (FunctionType, staticmethod, classmethod)
"""What is in a class and has a module of its own."""


class Stamp:
    """What was stamped on a living class, and on what is in it."""

    def __init__(self, cls: type, defined: str, defines: str) -> None:
        """`defined` is the module whose statement made the living class, `defines` that of the new one."""
        self._cls = cls
        self._homes = frozenset((defined, defines))
        self.module = cls.__module__ if cls.__module__ != defined and _is_found(cls) else None
        """The module that the class was given; None when it was given none."""

    def keep(self, journal: Journal, name: str, value: object) -> None:
        """Stamp what becomes an attribute of the class: like what was there, else like all the others."""
        if self.module is None or _module(value) not in self._homes:
            return
        before = _module(self._cls.__dict__.get(name))
        told = {before} if before is not None else set(map(_module, self._cls.__dict__.values()))
        if self.module in told and told.isdisjoint(self._homes):
            journal.set_attribute(value, "__module__", self.module)

    def keep_on(self, journal: Journal, new: type) -> None:
        """Stamp a class that takes the place of the living one, and what is in it."""
        if self.module is None:
            return
        for name, value in new.__dict__.items():
            self.keep(journal, name, value)
        journal.set_class(new, "__module__", self.module)
        if "__firstlineno__" not in self._cls.__dict__:  # setting the module deletes it (Python 3.13)
            journal.delete_class(new, "__firstlineno__")


def _is_found(cls: type) -> bool:
    """True when the class is what its module has under its name: else it moved, or is gone from there."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, "__dict__", {}).get(name)
    return found is cls


def _module(value: object) -> str | None:
    """The module that a function, or what wraps it in a class, says it is of."""
    return getattr(value, "__module__", None) if type(value) in _STAMPED else None


_NAMED = {FunctionType: ("__module__", "__name__", "__qualname__"), type: ("__name__", "__qualname__")}
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement


def remember_names(journal: Journal, namespace: Mapping[str, object]) -> None:
    """What the functions and classes of a module, and the functions in its classes, say of themselves.

    For a statement of the release that is about to go through them all.
    """
    for value in {id(value): value for value in _nameable(namespace)}.values():
        kind: Any = FunctionType if type(value) is FunctionType else type
        if kind is type:
            journal.class_contents(value)
        held = {name: kind.__getattribute__(value, name) for name in _NAMED[kind]}
        journal.on_undo(partial(_rename, value, kind, held))


def _nameable(namespace: Mapping[str, object]) -> Iterator[Any]:
    for value in list(namespace.values()):
        if type(value) is FunctionType:
            yield value
        elif issubclass(type(value), type) and type.__dict__["__flags__"].__get__(value) & _HEAP_TYPE:
            yield value
            yield from (inner for inner in value.__dict__.values() if type(inner) is FunctionType)


def _rename(value: Any, kind: Any, held: Mapping[str, object]) -> None:
    for name, before in held.items():
        if kind.__getattribute__(value, name) is not before:
            kind.__setattr__(value, name, before)
