"""Docstrings that others copied: wrappers, class methods and properties say what the function says.

`functools.wraps`, `classmethod`, `staticmethod` and `property` take the docstring of what they wrap when
they are
made. When only the function is patched, the copies follow: they are recognised by being the very same string
object while their own code has another docstring.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from .codes import has_own_doc
from .journal import Journal

__all__ = ["refresh_docs"]

_COPIES = (classmethod, staticmethod, property, functools.cached_property, FunctionType)


def refresh_docs(
    journal: Journal,
    changed: Iterable[tuple[str, str | None]],
    functions: Iterable[FunctionType],
    modules: Iterable[ModuleType],
) -> None:
    """Give every copy of an old docstring of `changed` the new one."""
    by_id = {id(old): (old, new) for old, new in changed}
    if not by_id:
        return
    for holder in (*functions, *_members(modules)):
        found = by_id.get(id(_doc(holder)))
        if found is not None and not _own(holder):
            journal.set_attribute(holder, "__doc__", found[1])


def _doc(holder: Any) -> object:
    if isinstance(holder, functools.cached_property):
        return holder.__dict__.get("__doc__")
    return holder.__doc__


def _own(holder: object) -> bool:
    """True when the function's own code has this docstring: then it is no copy."""
    return isinstance(holder, FunctionType) and has_own_doc(holder)


def _members(modules: Iterable[ModuleType]) -> Iterator[Any]:
    seen: set[int] = set()
    classes = [
        value
        for module in modules
        for value in list(module.__dict__.values())
        if issubclass(type(value), type)
    ]
    while classes:
        cls = classes.pop()
        if id(cls) in seen:
            continue
        seen.add(id(cls))
        for value in list(cls.__dict__.values()):
            if issubclass(type(value), type) and value.__qualname__.startswith(f"{cls.__qualname__}."):
                classes.append(value)
            elif type(value) in _COPIES:
                yield value
