"""Fields that a state's type gained with a default, filled in on a living object.

Reads what dataclass, pydantic (2.x) and attrs leave on their classes, so that none of them is imported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, cast

from ..errors import CodeChangeError

__all__ = ["Defaults", "is_data_type"]

Default = Callable[[object], object]
"""Makes the default of a field for an object."""
_MARKS = ("__dataclass_fields__", "__pydantic_fields__", "__attrs_attrs__")


def is_data_type(kind: type) -> bool:
    """True for a class that says its fields: dataclass, pydantic, attrs."""
    return any(hasattr(kind, mark) for mark in _MARKS)


class Defaults:
    """Fills in defaults; what is known of a type is looked up once, so make a new one for every upgrade."""

    def __init__(self) -> None:
        self._fields: dict[type, tuple[tuple[str, bool, Default | None], ...]] = {}
        self._filled: list[tuple[object, str]] = []

    def fill(self, state: object) -> tuple[str, ...]:
        """Give `state` the fields that its type has and it has not; returns their names.

        Raises `CodeChangeError`, with nothing filled in, when such a field has no default.
        """
        fields = self._fields_of(type(state))
        if not fields:
            return ()
        own = getattr(state, "__dict__", {})
        # A class-level default answers getattr for an object that has no such attribute of its own.
        missing = [
            (name, default)
            for name, slotted, default in fields
            if (not hasattr(state, name) if slotted else name not in own)
        ]
        if missing:
            self._set(state, {name: _default(state, name, default) for name, default in missing})
        return tuple(name for name, _ in missing)

    def undo(self) -> None:
        """Take out every field that was filled in."""
        while self._filled:
            state, name = self._filled.pop()
            object.__delattr__(state, name)

    def _set(self, state: object, values: dict[str, object]) -> None:
        for name, value in values.items():
            # Frozen classes refuse setattr; the object is not being changed by its owner but completed.
            object.__setattr__(state, name, value)
            self._filled.append((state, name))

    def _fields_of(self, kind: type) -> tuple[tuple[str, bool, Default | None], ...]:
        found = self._fields.get(kind)
        if found is None:
            fields = _fields(kind) if is_data_type(kind) else ()
            found = tuple((name, _is_slot(kind, name), default) for name, default in fields)
            self._fields[kind] = found
        return found


def _default(state: object, name: str, default: Default | None) -> object:
    if default is not None:
        return default(state)
    kind = type(state).__qualname__
    raise CodeChangeError(
        expected=f"a default or a code_change for the new field {name} of {kind}",
        got="neither",
        do=f"give {name} a default, or add @code_change({kind})",
    )


def _is_slot(kind: type, name: str) -> bool:
    slot = next((vars(c)[name] for c in kind.__mro__ if name in vars(c)), None)
    return hasattr(slot, "__set__") and hasattr(slot, "__objclass__")


def _fields(kind: type) -> Iterator[tuple[str, Default | None]]:
    if hasattr(kind, "__pydantic_fields__"):
        return _of_pydantic(kind)
    return _of_attrs(kind) if hasattr(kind, "__attrs_attrs__") else _of_dataclass(kind)


def _of_dataclass(kind: type) -> Iterator[tuple[str, Default | None]]:
    for field in dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING:
            yield field.name, _same(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            yield field.name, _made(field.default_factory)
        elif field.init:
            yield field.name, None


def _of_pydantic(kind: type) -> Iterator[tuple[str, Default | None]]:
    fields = cast("dict[str, Any]", cast(Any, kind).__pydantic_fields__)
    for name, field in fields.items():
        yield name, None if field.is_required() else _of_field(field)


def _of_attrs(kind: type) -> Iterator[tuple[str, Default | None]]:
    for field in cast("tuple[Any, ...]", cast(Any, kind).__attrs_attrs__):
        factory = getattr(field.default, "factory", None)
        if factory is not None:
            yield field.name, factory if field.default.takes_self else _made(factory)
        elif getattr(field.default, "name", None) != "NOTHING":
            yield field.name, _same(field.default)
        elif field.init:
            yield field.name, None


def _of_field(field: Any) -> Default:
    return lambda _: field.get_default(call_default_factory=True)


def _same(value: object) -> Default:
    return lambda _: value


def _made(factory: Callable[[], object]) -> Default:
    return lambda _: factory()
