"""Classes of attrs (https://www.attrs.org): like dataclasses, with tables of their own."""

from __future__ import annotations

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
        "__init__", "__repr__", "__eq__", "__ne__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__",
        "__setattr__", "__delattr__", "__match_args__", "__getstate__", "__setstate__", "__replace__",
        "__attrs_attrs__", "__attrs_props__", "__attrs_own_setattr__", "__attrs_init__",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _AttrsClass(Kind):
    def applies(self, cls: type) -> bool:
        return "__attrs_attrs__" in cls.__dict__

    def shapes(self, change: Change) -> bool:
        return is_field(change) or touches(_GENERATED | {"__attrs_post_init__", "__slots__"}, change)

    def generated(self, cls: type) -> frozenset[str]:
        return _GENERATED

    def become(self, journal: Journal, old: type, new: type) -> None:
        kinds = set(with_subclasses(old))
        for instance in gc.get_referrers(*kinds):
            if type(instance) in kinds:
                _fill(journal, instance, old.__dict__["__attrs_attrs__"])


def _fill(journal: Journal, instance: Any, attributes: Any) -> None:
    """Give a live instance the attributes that it lacks: their defaults, made anew for each by a factory."""
    for attribute in attributes:
        if has_attribute(instance, attribute.name):
            continue
        default = attribute.default
        if default is None or type(default).__name__ not in ("_Nothing", "Factory"):
            journal.set_attribute(instance, attribute.name, default)
        elif type(default).__name__ == "Factory":
            made = default.factory(instance) if default.takes_self else default.factory()
            journal.set_attribute(instance, attribute.name, made)
        else:
            cls = type(instance)
            raise CannotFollow(
                "new_field",
                f"live instances of {cls.__module__}:{cls.__qualname__} have no value for {attribute.name}",
                advice="give the field a default, or release a minor version",
            )


KIND = _AttrsClass()
