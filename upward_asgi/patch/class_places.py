"""Where a class stands, and which attributes its methods assign: Python 3.13 keeps both in the class.

`__firstlineno__` and `__static_attributes__` are written by the code of the class body, which does not run
when only methods are patched; so they are read from the compiled body. Before 3.13 there is nothing to do.
"""

from __future__ import annotations

import dis
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType

from .journal import Journal

__all__ = ["ClassPlace", "class_places", "refresh_places"]


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """What the compiled body of one class says about it."""

    qualname: str
    line: int
    attributes: tuple[str, ...]


def class_places(module: CodeType) -> tuple[ClassPlace, ...]:
    """The classes of a compiled module that are not inside functions; none before Python 3.13."""
    return tuple(_places(module)) if sys.version_info >= (3, 13) else ()


def _places(code: CodeType) -> Iterator[ClassPlace]:
    for const in code.co_consts:
        if not isinstance(const, CodeType) or const.co_flags & inspect.CO_NEWLOCALS:
            continue
        attributes = _attributes(const)
        if attributes is not None:
            yield ClassPlace(const.co_qualname, const.co_firstlineno, attributes)
            yield from _places(const)


def _attributes(body: CodeType) -> tuple[str, ...] | None:
    """The constant that the body stores as `__static_attributes__`; None when it is no class body."""
    before: object = None
    for instruction in dis.get_instructions(body):
        if instruction.opname == "STORE_NAME" and instruction.argval == "__static_attributes__":
            return before if isinstance(before, tuple) else None
        before = instruction.argval
    return None


def refresh_places(journal: Journal, live: ModuleType, places: tuple[ClassPlace, ...]) -> None:
    """Let the live classes of a module say what the compiled bodies say."""
    for place in places:
        cls = _find(live, place.qualname)
        if cls is None or cls.__module__ != live.__name__:
            continue
        journal.set_class(cls, "__firstlineno__", place.line)
        if set(cls.__dict__.get("__static_attributes__", ())) != set(place.attributes):
            journal.set_class(cls, "__static_attributes__", place.attributes)


def _find(live: ModuleType, qualname: str) -> type | None:
    found: object = live
    for name in qualname.split("."):
        namespace = getattr(found, "__dict__", {})
        found = namespace.get(name)
    return found if isinstance(found, type) and found.__qualname__ == qualname else None
