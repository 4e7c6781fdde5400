"""The classes below a class."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["subclasses", "with_subclasses"]


def subclasses(cls: type) -> list[type]:
    """The direct subclasses, also where a metaclass overrides the method."""
    found: list[type] = type.__subclasses__(cls)
    return found


def with_subclasses(cls: type) -> Iterator[type]:
    """The class and everything below it; a class below two of them comes twice."""
    yield cls
    for sub in subclasses(cls):
        yield from with_subclasses(sub)
