"""Typed reading of JSON that `upward_asgi` wrote itself: an appup, a verdict.

Such data is wrong only if it was damaged or written by another version, so the error is `InternalError`
and the way out is to make the appup again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..errors import InternalError

__all__ = ["items", "malformed", "mapping", "optional", "required"]

T = TypeVar("T")


def malformed(expected: str, got: object) -> InternalError:
    """The error for data that is not what was written; `got` is shown as its `repr`."""
    return InternalError(expected=expected, got=repr(got), do="make the appup again with `upward build`")


def mapping(data: object, what: str) -> Mapping[str, object]:
    """`data` as an object with string keys, or `InternalError` naming `what`."""
    if isinstance(data, Mapping) and all(isinstance(key, str) for key in data):
        return data
    raise malformed(f"{what} as a JSON object", data)


def required(data: Mapping[str, object], name: str, kind: type[T], what: str) -> T:
    """The field `name`, which must be there and be exactly of type `kind` (a bool is no int)."""
    if name not in data:
        raise malformed(f"{what} with {name}", dict(data))
    return _typed(data[name], kind, f"{what}.{name}")


def optional(data: Mapping[str, object], name: str, kind: type[T], what: str) -> T | None:
    """The field `name`, or None where it is left out or null."""
    value = data.get(name)
    return None if value is None else _typed(value, kind, f"{what}.{name}")


def items(data: Mapping[str, object], name: str, what: str) -> tuple[object, ...]:
    """The list in field `name`; left out means empty."""
    return tuple(_typed(data.get(name, []), list, f"{what}.{name}"))


def _typed(value: object, kind: type[T], where: str) -> T:
    if type(value) is kind:
        return value
    raise malformed(f"{where} as {kind.__name__}", value)
