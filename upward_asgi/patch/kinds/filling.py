"""Fields that live instances lack because their class gained them: they get the fields' defaults."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..derived import has_attribute
from ..hierarchy import with_subclasses
from ..journal import Journal
from ..refusal import CannotFollow

__all__ = ["FieldDefault", "fill_instances"]


@dataclass(frozen=True, slots=True)
class FieldDefault:
    """A field and what makes its value for an instance that lacks it; None: nothing can."""

    name: str
    make: Callable[[Any], object] | None


def fill_instances(journal: Journal, cls: type, fields: Iterable[FieldDefault]) -> None:
    """Give live instances of the class and its subclasses what they lack. Raises `CannotFollow`."""
    fields, kinds = list(fields), set(with_subclasses(cls))
    for instance in gc.get_referrers(*kinds):
        if type(instance) in kinds:
            for field in fields:
                _fill(journal, instance, field)


def _fill(journal: Journal, instance: object, field: FieldDefault) -> None:
    if has_attribute(instance, field.name):
        return
    if field.make is None:
        cls = type(instance)
        raise CannotFollow(
            "new_field",
            f"live instances of {cls.__module__}:{cls.__qualname__} have no value for {field.name}",
            advice="give the field a default, or release a minor version",
        )
    journal.set_attribute(instance, field.name, field.make(instance))
