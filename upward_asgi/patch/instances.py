"""An instance whose layout changes: a copy takes its place, if everybody who holds it can be given the copy.

`__class__` can only be set between classes of one memory layout, so an instance of a class that gained a
slot (or a base such as `abc.ABC`, which takes `object`'s place) cannot move. Its attributes can. What holds
it must be something whose reference can be exchanged: a container, a cell, an attribute; never a running
frame or a weak reference, for these would go on with the old object.
"""

from __future__ import annotations

import weakref
from typing import Any

from .exchange import holds_fast, slots_of

__all__ = ["copy_of"]


def copy_of(instance: Any, new: type) -> Any:
    """An instance of `new` with the attributes of `instance`; None when it cannot take its place."""
    if getattr(new, "__new__", None) is not object.__new__ or weakref.getweakrefcount(instance):
        return None
    if holds_fast([instance], running=False):
        return None
    copy: Any = object.__new__(new)
    for name, value in _attributes(instance).items():
        try:
            object.__setattr__(copy, name, value)
        except AttributeError:  # a slot that the new class does not have
            continue
    return copy


def _attributes(instance: Any) -> dict[str, Any]:
    found = slots_of(instance)
    found.update(getattr(instance, "__dict__", {}))
    return found
