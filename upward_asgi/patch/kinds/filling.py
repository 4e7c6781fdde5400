"""Fields that live instances lack because their class gained them: they get the fields' defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ...appup.code_changes import HOOK
from ..derived import has_attribute
from ..heap import instances, instances_without_garbage
from ..hierarchy import with_subclasses
from ..journal import Journal
from ..refusal import CannotFollow

__all__ = ["FieldDefault", "fill_instances"]


@dataclass(frozen=True, slots=True)
class FieldDefault:
    """A field and what makes its value for an instance that lacks it; None: nothing can."""

    name: str
    make: Callable[[Any], object] | None


def fill_instances(
    journal: Journal,
    cls: type,
    fields: Iterable[FieldDefault],
    had: frozenset[str],
    *,
    shape: Callable[[Any], Iterable[str]] | None = None,
    given: str = "",
) -> None:
    """Give live instances of the class and its subclasses what they lack. Raises `CannotFollow`.

    `shape` tells the fields of an instance, in order: then what it holds comes in that order, without the
    fields that its class no longer has, as in an instance made afresh. `given` names the attribute with the
    set of the fields that its maker gave a value; it forgets these fields too.

    The fields that the class `had` before they have, and what the class itself answers they need not have: if
    these are all, nobody is looked for.
    """
    everything = list(fields)
    fields = [field for field in everything if field.name not in had and not _answers(cls, field.name)]
    gone = had.difference(field.name for field in everything) if shape else ()
    if not fields and not gone:
        return
    required = [field for field in fields if field.make is None]
    if required and not hasattr(cls, HOOK):
        _require_all(cls, required)
    for instance in instances(frozenset(with_subclasses(cls))):
        for field in fields:
            if field.make is not None and not has_attribute(instance, field.name):
                journal.set_attribute(instance, field.name, field.make(instance))
        if shape is not None:
            order = list(shape(instance))
            _arrange(journal, instance, order, had)
            if given and has_attribute(instance, given):  # not while it is being made
                _forget_given(journal, instance, given, had.difference(order))


def _arrange(journal: Journal, instance: object, order: list[str], had: frozenset[str]) -> None:
    """Another dictionary takes the place of the instance's own, in one step: no name is ever missing."""
    held: dict[str, object] = object.__getattribute__(instance, "__dict__")
    others = (name for name in held if name not in order and name not in had)
    names = [*(name for name in order if name in held), *others]
    if names != list(held):
        journal.set_attribute(instance, "__dict__", {name: held[name] for name in names})


def _forget_given(journal: Journal, instance: object, attribute: str, gone: frozenset[str]) -> None:
    """Another set takes the place of the instance's own: copies made of it may share that."""
    told: set[str] = object.__getattribute__(instance, attribute)
    if not told.isdisjoint(gone):
        journal.set_attribute(instance, attribute, told - gone)


def _answers(cls: type, name: str) -> bool:
    """True when instances get the attribute from the class: a plain default, not a slot or a property."""
    found = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    return found is not None and not hasattr(type(found), "__get__")


def _require_all(cls: type, fields: list[FieldDefault]) -> None:
    kinds = frozenset(with_subclasses(cls))
    if not any(_lacks(instance, fields) for instance in instances(kinds)):
        return
    for instance in instances_without_garbage(kinds):
        if lacks := _lacks(instance, fields):
            raise CannotFollow(
                "new_field",
                f"live instances of {cls.__module__}:{cls.__qualname__} have no value for {lacks}",
                advice="give the field a default or the class a __code_change__, or release a minor version",
            )


def _lacks(instance: object, fields: list[FieldDefault]) -> str:
    return next((field.name for field in fields if not has_attribute(instance, field.name)), "")
