"""An instance whose layout changes: a copy takes its place, if everybody who holds it can be given the copy.

`__class__` can only be set between classes of one memory layout, so an instance of a class that gained a
slot (or a base such as `abc.ABC`, which takes `object`'s place) cannot move. Its attributes can. What holds
it must be something whose reference can be exchanged: a container, a cell, an attribute; never a running
frame or a weak reference, for these would go on with the old object.
"""

from __future__ import annotations

import weakref
from types import CellType, FrameType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any

from .heap import referrers

__all__ = ["copy_of", "slots_of"]

_EXCHANGEABLE = (dict, list, set, tuple, CellType, FunctionType, ModuleType)


def copy_of(instance: Any, new: type) -> Any:
    """An instance of `new` with the attributes of `instance`; None when it cannot take its place."""
    if getattr(new, "__new__", None) is not object.__new__ or weakref.getweakrefcount(instance):
        return None
    if not all(_can_exchange(holder, instance) for holder in referrers((instance,))):
        return None
    copy: Any = object.__new__(new)
    for name, value in _attributes(instance).items():
        try:
            object.__setattr__(copy, name, value)
        except AttributeError:  # a slot that the new class does not have
            continue
    return copy


def _can_exchange(holder: object, instance: object) -> bool:
    if isinstance(holder, _EXCHANGEABLE) or _is_plain_instance(holder):
        return True
    if any(value is instance for value in slots_of(holder).values()):
        return True
    return isinstance(holder, FrameType) and _is_ours(holder)


def _is_plain_instance(holder: object) -> bool:
    """An object with attributes: its dictionary can be given the copy."""
    return (
        hasattr(type(holder), "__dict__") and type(holder).__flags__ & _HEAP_TYPE != 0 and _has_dict(holder)
    )


def _has_dict(holder: object) -> bool:
    try:
        return type(object.__getattribute__(holder, "__dict__")) is dict
    except AttributeError:
        return False


def _is_ours(frame: FrameType) -> bool:
    """The frames of the patch itself hold what they work on, for the moment."""
    return str(frame.f_globals.get("__name__", "")).startswith(__name__.rpartition(".")[0])


def _attributes(instance: Any) -> dict[str, Any]:
    found = slots_of(instance)
    found.update(getattr(instance, "__dict__", {}))
    return found


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


_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement
