"""Models of pydantic v1, also those that v2 ships as `pydantic.v1`: tables of fields, nothing compiled.

The live class takes over the tables that its metaclass made for the new one. Who nests a model asks it by
itself, so nothing else is made again. Live instances get the defaults of fields that are new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..journal import Journal
from .filling import FieldDefault, fill_instances
from .kind import Kind, is_field_or_decorated

__all__ = ["KIND"]


@dataclass(frozen=True)
class _Model(Kind):
    def applies(self, cls: type) -> bool:
        tables = {"__fields__", "__validators__", "__pre_root_validators__"}
        return tables <= cls.__dict__.keys() and hasattr(cls, "__fields_set__")

    def shapes(self, change: Change) -> bool:
        return is_field_or_decorated(change)

    def fields(self, cls: type) -> frozenset[str]:
        return frozenset(cls.__dict__["__fields__"])

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        defaults = (_default(name, field) for name, field in old.__dict__["__fields__"].items())
        fill_instances(journal, old, defaults, had, shape=_fields_of, given="__fields_set__")


KIND = _Model()


def _fields_of(instance: Any) -> Iterable[str]:
    fields: Iterable[str] = type(instance).__fields__
    return fields


def _default(name: str, field: Any) -> FieldDefault:
    """v1 keeps defaults on the instances: those that were made before get the new ones."""
    if field.required is True:
        return FieldDefault(name, None)
    return FieldDefault(name, lambda instance: field.get_default())
