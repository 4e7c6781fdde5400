"""Whether everybody who holds some objects can be given others in their places.

What holds an object must be something that `references` knows how to change: a container, a cell, an
attribute; a tuple or a bound method only where the same holds of it. A suspended coroutine, a future or a
weak reference would go on with the old object. Running functions are not shown by the collector: they are
noticed by the references that nobody accounts for.
"""

from __future__ import annotations

import gc
import sys
import weakref
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable
from types import CellType, FrameType, FunctionType, MemberDescriptorType, MethodType
from typing import Any

from .heap import referrers

__all__ = ["NESTED", "holds_fast", "is_fixed", "slots_of"]

NESTED = 3
"""How many tuples deep in tuples a reference is followed."""
_CHANGED = (list, deque, CellType, FunctionType)


def is_fixed(holder: object) -> bool:
    """True for a tuple, a named one too, and a bound method: in its place another must be held."""
    kind = type(holder)
    if kind is tuple or kind is MethodType:
        return True
    return issubclass(kind, tuple) and kind.__dictoffset__ == 0 and hasattr(kind, "_fields")


def holds_fast(targets: list[Any], *, running: bool = True) -> str:
    """Who holds one of the objects and cannot be given another, in words; empty when nobody does.

    With `running`, functions that are running are noticed: then nothing but the list may hold the objects on
    the caller's side.
    """
    if any(weakref.getweakrefcount(one) for one in targets):
        return "a weak reference"
    level, known = targets, set(map(id, targets))
    for _ in range(NESTED + 1):
        holders = referrers(tuple(level))
        unseen = running and _unaccounted(level, holders)  # before a look makes dictionaries of attributes
        fast = next((one for one in holders if not is_fixed(one) and not _changes(one, level)), None)
        if fast is not None:
            return f"an object of the type {type(fast).__module__}.{type(fast).__qualname__}"
        if unseen:
            return "a function that is running"
        level = [one for one in holders if is_fixed(one) and id(one) not in known]
        known.update(map(id, level))
        if not level:
            return ""
    return "tuples inside tuples"


def _changes(holder: Any, targets: Iterable[object]) -> bool:
    """True when `references` can exchange what the object holds."""
    kind = type(holder)
    if issubclass(kind, dict | set | type) or kind in _CHANGED:
        return True
    if issubclass(kind, FrameType):
        return _is_ours(holder)
    wanted = set(map(id, targets))
    shown = sum(id(value) in wanted for value in _attributes(holder))
    return shown >= sum(id(part) in wanted for part in gc.get_referents(holder))


def _attributes(holder: Any) -> Iterable[object]:
    yield from slots_of(holder).values()
    try:
        namespace = object.__getattribute__(holder, "__dict__")
    except AttributeError:
        return
    if type(namespace) is dict:
        yield from namespace.values()


def _unaccounted(targets: list[Any], holders: Iterable[object]) -> bool:
    """True when there are more references to one of them than its holders have."""
    wanted = set(map(id, targets))
    held = Counter(id(part) for holder in holders for part in _parts(holder) if id(part) in wanted)
    alone = _references([object()])[0] - 1
    counts = zip(targets, _references(targets), strict=True)
    return any(count - alone > held[id(target)] for target, count in counts)


def _parts(holder: object) -> Iterable[object]:
    """What it refers to, as often as it does: an OrderedDict has its keys in a list of its own besides."""
    yield from gc.get_referents(holder)
    if isinstance(holder, OrderedDict):
        yield from OrderedDict.keys(holder)


def _references(targets: list[Any]) -> list[int]:
    return [sys.getrefcount(target) for target in targets]


def _is_ours(frame: FrameType) -> bool:
    """The frames of the patch itself hold what they work on, for the moment."""
    return str(frame.f_globals.get("__name__", "")).startswith(__name__.rpartition(".")[0])


def slots_of(instance: Any) -> dict[str, Any]:
    """What the slots of an instance hold, by the name that they can be set by; empty ones left out."""
    found: dict[str, Any] = {}
    for cls in type(instance).__mro__:
        for name, member in cls.__dict__.items():
            if type(member) is MemberDescriptorType and "__slots__" in cls.__dict__:
                try:
                    found[name] = member.__get__(instance)
                except AttributeError:  # an empty slot
                    continue
    return found
