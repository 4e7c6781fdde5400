"""Whether a class can become another in place, and what to do when it cannot.

`__bases__` can be set only between classes of one memory layout, and never away from plain `object`. Then
the new
class takes the old one's place: instances move to it by `__class__`, references follow. If one live instance
cannot move, the patch is refused.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from .functions import can_become, same_definition
from .heap import referrers
from .hierarchy import is_double, subclasses
from .instances import copy_of
from .journal import Journal
from .module_run import ModuleRun, Progress
from .refusal import CannotFollow

__all__ = ["can_hold", "replace_class", "require_no_left_behind"]


def can_hold(journal: Journal, old: type, new: type) -> bool:
    """True when `old` has been given the metaclass and the bases of `new`, and has its layout."""
    if _slots(old) != _slots(new) or _shape(old) != _shape(new):
        return False
    if type(old) is not type(new) and not _set_metaclass(journal, old, type(new)):
        return False
    if old.__bases__ == new.__bases__:
        return True
    try:
        journal.set_bases(old, new.__bases__)
    except TypeError:
        return False
    return True


def _slots(cls: type) -> tuple[str, ...] | None:
    slots = cls.__dict__.get("__slots__")
    if slots is None:
        return None
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _shape(cls: type) -> tuple[int, ...]:
    return (cls.__basicsize__, cls.__itemsize__, cls.__dictoffset__, cls.__weakrefoffset__)


def _set_metaclass(journal: Journal, cls: type, meta: type) -> bool:
    before = type(cls)
    journal.on_undo(lambda: _restore_metaclass(cls, before))
    try:
        type.__setattr__(cls, "__class__", meta)
    except TypeError:
        return False
    return True


def _restore_metaclass(cls: type, before: type) -> None:
    if type(cls) is not before:  # false after a refused write, which could not be repeated either
        type.__setattr__(cls, "__class__", before)


def replace_class(run: ModuleRun, old: type, new: type) -> None:
    """Move everything that lives by `old` to `new`: instances, subclasses, functions. One heap pass.

    References to `old` elsewhere are replaced at the end of the patch, all in one pass.
    """
    holders = referrers((old,))
    for item in holders:
        if type(item) is old:
            _move(run, item, new)
    for sub in subclasses(old):
        _rebase(run, sub, old, new)
    _keep_functions(run, old, new)


def _move(run: ModuleRun, instance: Any, new: type) -> None:
    try:
        run.journal.set_class_of(instance, new)
    except TypeError as error:
        copy = copy_of(instance, new)
        if copy is None:
            raise CannotFollow(
                "layout",
                f"live instances of {new.__module__}:{new.__qualname__} cannot take its new layout ({error})",
                advice="keep the slots and bases as they are in a patch release, or release a minor version",
            ) from error
        run.progress.superseded.append((instance, copy))


def _rebase(run: ModuleRun, sub: type, old: type, new: type) -> None:
    """Give a subclass its new base; one that cannot take it must be made again by its own statement."""
    try:
        run.journal.set_bases(sub, tuple(new if base is old else base for base in sub.__bases__))
    except TypeError as error:
        run.progress.left_behind.append((sub, str(error)))


def require_no_left_behind(progress: Progress) -> None:
    """Raises `CannotFollow` for a subclass that neither took its new base nor was made again."""
    replaced = {id(old) for old, _ in progress.superseded}
    for sub, why in progress.left_behind:
        if id(sub) not in replaced and not is_double(sub):
            raise CannotFollow(
                "layout",
                f"the subclass {sub.__module__}:{sub.__qualname__} cannot take its base's new layout ({why})",
                advice="keep the slots and bases as they are in a patch release, or release a minor version",
            )


def _keep_functions(run: ModuleRun, old: type, new: type) -> None:
    """Methods keep their identity: who holds one (a callback, a bound method) runs the new code."""
    for name, value in list(new.__dict__.items()):
        before = old.__dict__.get(name)
        if type(value) is not FunctionType or not same_definition(before, value):
            continue
        if not can_become(before, value.__code__):
            continue
        run.redefine(before, value, value.__code__)
        for free, cell in zip(before.__code__.co_freevars, before.__closure__ or (), strict=True):
            if free == "__class__":
                run.journal.set_attribute(cell, "cell_contents", new)
        run.journal.set_class(new, name, before)
        run.progress.superseded.append((value, before))
