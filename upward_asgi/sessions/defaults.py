"""Fields that a state's type gained with a default, filled in on a living object.

Reads what dataclass, pydantic (2.x) and attrs leave on their classes, so that none of them is imported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

from ..errors import CodeChangeError

__all__ = ["fill_defaults", "is_data", "missing_fields"]

Default = Callable[[], object]


def is_data(value: object) -> bool:
    """True for an object whose class says its fields: dataclass, pydantic, attrs."""
    kind = type(value)
    return any(
        hasattr(kind, mark) for mark in ("__dataclass_fields__", "__pydantic_fields__", "__attrs_attrs__")
    )


def fill_defaults(state: object) -> tuple[str, ...]:
    """Give `state` the fields that its type has and it has not; returns their names.

    Raises `CodeChangeError`, with nothing filled in, when such a field has no default.
    """
    values = {name: _default(state, name, default) for name, default in missing_fields(state)}
    for name, value in values.items():
        # Frozen classes refuse setattr; the object is not being changed by its owner but completed.
        object.__setattr__(state, name, value)
    return tuple(values)


def missing_fields(state: object) -> Iterator[tuple[str, Default | None]]:
    """The fields that `state` lacks, each with what makes its default (None: it has none)."""
    kind = type(state)
    if hasattr(kind, "__pydantic_fields__"):
        fields = _of_pydantic(kind)
    elif hasattr(kind, "__attrs_attrs__"):
        fields = _of_attrs(state)
    elif hasattr(kind, "__dataclass_fields__"):
        fields = _of_dataclass(kind)
    else:
        return
    own = getattr(state, "__dict__", None)
    for name, default in fields:
        # A class-level default answers getattr for an instance that has no such attribute of its own.
        absent = not _has_slot(state, name) if own is None else name not in own and not _has_slot(state, name)
        if absent:
            yield name, default


def _default(state: object, name: str, default: Default | None) -> object:
    if default is not None:
        return default()
    kind = type(state).__qualname__
    raise CodeChangeError(
        expected=f"a default or a code_change for the new field {name} of {kind}",
        got="neither",
        do=f"give {name} a default, or add @code_change({kind})",
    )


def _has_slot(state: object, name: str) -> bool:
    """True when `name` is a slot of the object's class, and filled."""
    slot = next((vars(c)[name] for c in type(state).__mro__ if name in vars(c)), None)
    if not hasattr(slot, "__set__") or not hasattr(slot, "__objclass__"):
        return False
    return hasattr(state, name)


def _of_dataclass(kind: type) -> Iterator[tuple[str, Default | None]]:
    for field in dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING:
            yield field.name, partial(_same, field.default)
        elif field.default_factory is not dataclasses.MISSING:
            yield field.name, field.default_factory
        elif field.init:
            yield field.name, None


def _of_pydantic(kind: type) -> Iterator[tuple[str, Default | None]]:
    fields = cast("dict[str, Any]", kind.__pydantic_fields__)  # type: ignore[attr-defined]
    for name, field in fields.items():
        yield name, None if field.is_required() else partial(field.get_default, call_default_factory=True)


def _of_attrs(state: object) -> Iterator[tuple[str, Default | None]]:
    for field in cast("tuple[Any, ...]", cast(Any, type(state)).__attrs_attrs__):
        factory = getattr(field.default, "factory", None)
        if factory is not None:
            yield field.name, partial(factory, state) if field.default.takes_self else factory
        elif getattr(field.default, "name", None) != "NOTHING":
            yield field.name, partial(_same, field.default)
        elif field.init:
            yield field.name, None


def _same(value: object) -> object:
    return value
