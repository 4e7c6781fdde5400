"""Dataclasses: methods and tables are generated from the annotations of the body.

A field's default is a class attribute, so live instances of a class that gains a field read it from there;
the defaults of factories are given to them by `derived`.
"""

from __future__ import annotations

import dataclasses
import gc
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..derived import has_attribute
from ..hierarchy import with_subclasses
from ..journal import Journal
from ..refusal import CannotFollow
from .kind import Kind, is_field, touches

__all__ = ["KIND"]

_GENERATED = frozenset(
    {
        "__init__", "__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__",
        "__setattr__", "__delattr__", "__match_args__", "__getstate__", "__setstate__", "__replace__",
        "__dataclass_fields__", "__dataclass_params__",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _DataClass(Kind):
    def applies(self, cls: type) -> bool:
        return "__dataclass_fields__" in cls.__dict__

    def shapes(self, change: Change) -> bool:
        return is_field(change) or touches(_GENERATED | {"__post_init__", "__slots__"}, change)

    def become(self, journal: Journal, old: type, new: type) -> None:
        fields = [
            f for f in dataclasses.fields(old) if f.init or f.default_factory is not dataclasses.MISSING
        ]
        kinds = set(with_subclasses(old))
        for instance in gc.get_referrers(*kinds):
            if type(instance) in kinds:
                _fill(journal, instance, fields)

    def generated(self, cls: type) -> frozenset[str]:
        fields = cls.__dict__.get("__dataclass_fields__", {})
        return _GENERATED | frozenset(fields)


def _fill(journal: Journal, instance: Any, fields: list[dataclasses.Field[Any]]) -> None:
    """Give a live instance the fields that it lacks; a default is found at the class already."""
    for field in fields:
        if has_attribute(instance, field.name):
            continue
        if field.default_factory is dataclasses.MISSING:
            cls = type(instance)
            raise CannotFollow(
                "new_field",
                f"live instances of {cls.__module__}:{cls.__qualname__} have no value for {field.name}",
                advice="give the field a default, or release a minor version",
            )
        journal.set_attribute(instance, field.name, field.default_factory())


KIND = _DataClass()
