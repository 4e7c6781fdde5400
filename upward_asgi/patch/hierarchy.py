"""The classes below a class."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["detach", "is_double", "subclasses", "with_subclasses"]


def subclasses(cls: type) -> list[type]:
    """The direct subclasses, also where a metaclass overrides the method."""
    found: list[type] = type.__subclasses__(cls)
    return found


def with_subclasses(cls: type) -> Iterator[type]:
    """The class and everything below it; a class below two of them comes twice."""
    yield cls
    for sub in subclasses(cls):
        yield from with_subclasses(sub)


def is_double(cls: type) -> bool:
    """True when a decorator made another class of it, which has its name: `dataclass(slots=True)` does."""
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, "__dict__", {}).get(name)
    return isinstance(found, type) and found is not cls and found.__qualname__ == cls.__qualname__


_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement


def detach(cls: type) -> None:
    """Let no base list a class any more that the patch made and nobody needs: it would stay till collected.

    What asks a base for its `__subclasses__` (plugins, pydantic, SQLAlchemy) must not find it.
    """
    if all(base is object for base in cls.__bases__):
        return
    builtin = next(base for base in cls.__mro__ if not base.__flags__ & _HEAP_TYPE)
    try:
        type.__setattr__(cls, "__bases__", (type("Gone", (builtin,), {}),))
    except TypeError:  # slots: another layout; the collector takes it in its time
        return
