"""What `C(...)` calls first, when a class loses its `__new__`: brought back to what the bases have.

CPython keeps it in a slot of the type, `tp_new`. Setting `C.__new__` fills the slot, in `C` and in its
subclasses, with "look `__new__` up"; deleting it again leaves that there (bpo-5322, bpo-25731). For a class
whose `__new__` is object's once more, `C(1)` then fails: "object.__new__() takes exactly one argument". So a
patch that takes a `__new__` away, and the undo of one that adds it, would break the class without a word.

No Python code can set the slot, so this writes it, where `PyTypeObject` has it on 64-bit builds with the GIL
(checked on CPython 3.11, 3.12 and 3.13). `_is_writable` looks at classes of its own first: elsewhere nothing
is written, and a class that would break is refused.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cache
from types import BuiltinFunctionType

from .refusal import CannotFollow

__all__ = ["require_settling", "settle_constructors"]

_TP_NEW = 24 + 36 * 8
"""Bytes from a type's address to `tp_new`: the head of a variable-sized object, then 36 words before it."""


def settle_constructors(cls: type) -> None:
    """After `__new__` or the bases of `cls` changed: a class whose `__new__` is built in calls that one."""
    for one in _with_subclasses(cls):
        built_in = _built_in(one)
        if built_in is not None and _is_writable():
            _slot(one).value = _slot(built_in).value


def require_settling(cls: type, name: str) -> None:
    """Raise `CannotFollow` before `__new__` comes or goes on a Python where the slot cannot be set."""
    if name != "__new__" or _is_writable():
        return
    raise CannotFollow(
        "constructor",
        f"{cls.__module__}.{cls.__qualname__}.__new__ comes or goes, which this Python cannot do to a class",
        advice="release it as a new minor version",
    )


def _with_subclasses(cls: type) -> Iterator[type]:
    yield cls
    subclasses: list[type] = type.__subclasses__(cls)
    for one in subclasses:
        yield from _with_subclasses(one)


def _built_in(cls: type) -> type | None:
    """The type whose own `__new__` the class has; None when a Python function is found first."""
    for base in cls.__mro__:
        found = base.__dict__.get("__new__")
        if found is not None:
            home = getattr(found, "__self__", None) if type(found) is BuiltinFunctionType else None
            return home if isinstance(home, type) else None
    return None


def _slot(cls: type) -> ctypes.c_size_t:
    return ctypes.c_size_t.from_address(id(cls) + _TP_NEW)


@cache
def _is_writable() -> bool:
    """True when `tp_new` is where this module says, seen in classes made for it; nothing is written."""

    class Plain:
        pass

    class Inherits(Plain):
        pass

    class Own:
        def __new__(cls) -> Own:
            return super().__new__(cls)

    class Other:
        def __new__(cls) -> Other:
            return super().__new__(cls)

    plain, own = _slot(Plain).value, _slot(Own).value
    as_told = plain == _slot(Inherits).value == _slot(object).value and own == _slot(Other).value != plain
    if not as_told:
        return False
    Plain.__new__ = Own.__new__  # type: ignore[method-assign, assignment]
    return _slot(Plain).value == _slot(Inherits).value == own and _slot(object).value == plain
