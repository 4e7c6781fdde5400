"""The classes below a class."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["detach", "subclasses", "with_subclasses"]


def subclasses(cls: type) -> list[type]:
    """The direct subclasses, also where a metaclass overrides the method."""
    found: list[type] = type.__subclasses__(cls)
    return found


def with_subclasses(cls: type) -> Iterator[type]:
    """The class and everything below it; a class below two of them comes twice."""
    yield cls
    for sub in subclasses(cls):
        yield from with_subclasses(sub)


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
