"""Holders that a pass over the heap does not find or cannot write to: plain objects, slots, partials.

Frameworks hold endpoints in all of these. They are put right before references are replaced everywhere else.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from types import MemberDescriptorType
from typing import Any

from .heap import holders
from .journal import Journal

__all__ = ["namespace_of", "show_holders"]


def show_holders(journal: Journal, superseded: Sequence[tuple[object, object]]) -> None:
    """Replace in slots and partials; make the dictionaries of other holders visible to the heap pass."""
    found = holders(tuple(new for new, _ in superseded)) if superseded else []
    for holder in found:
        namespace_of(holder)
        _in_slots(journal, holder, superseded)
    _in_partials(journal, superseded, found)


def namespace_of(holder: object) -> dict[Any, Any]:
    """The dictionary of a plain object that holds something; asking for it makes it one that can be found."""
    try:
        namespace = object.__getattribute__(holder, "__dict__")
    except AttributeError:
        return {}
    return namespace if type(namespace) is dict else {}


def _in_slots(journal: Journal, holder: object, superseded: Iterable[tuple[object, object]]) -> None:
    """Attributes of objects without a dictionary: frozen dataclasses with slots, mostly."""
    slotted = [base for base in type(holder).__mro__ if "__slots__" in vars(base)]
    members = [m for base in slotted for m in vars(base).values() if type(m) is MemberDescriptorType]
    now = {id(new): old for new, old in superseded} if members else {}
    for member in members:
        value = getattr(holder, member.__name__, None)
        if id(value) in now:
            journal.set_attribute(holder, member.__name__, now[id(value)])


def _in_partials(
    journal: Journal, superseded: Iterable[tuple[object, object]], held_by: Iterable[object]
) -> None:
    """Routes to plain functions hold them in partials, whose parts can only be set all at once.

    What a partial is called with it holds in a tuple: one look for those of all.
    """
    now = {id(new): old for new, old in superseded}
    arguments = [holder for holder in held_by if type(holder) is tuple]
    around = holders(tuple(arguments)) if arguments else []
    partials = {id(one): one for one in (*held_by, *around) if type(one) is functools.partial}
    for partial in partials.values():
        _replace_in(journal, partial, now)


def _replace_in(journal: Journal, partial: Any, now: dict[int, object]) -> None:
    func, args, keywords, attributes = before = partial.__reduce__()[2]
    changed = tuple(now.get(id(argument), argument) for argument in args)
    journal.on_undo(lambda: partial.__setstate__(before))
    partial.__setstate__((now.get(id(func), func), changed, keywords, attributes))
