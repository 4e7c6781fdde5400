"""Reading objects without running any of their code.

The describer looks at whatever an application holds: proxies, lazy modules, objects whose `__getattr__`,
`__eq__`, `__class__` or `items` raise or have effects. Here everything is read through the slots of
built-in types only, past every override. Classes are compared by identity and never hashed: a metaclass
may have its own `__eq__` and `__hash__`.

Like its neighbours `describe*`, this file imports the standard library and its neighbours alone: a clean
child interpreter loads them under another package name.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from typing import Any, TypeGuard

__all__ = [
    "attributes",
    "class_module",
    "class_name",
    "forget_layouts",
    "is_class",
    "is_function",
    "is_module",
    "items_of",
    "module_namespace",
    "mro",
    "namespace",
    "of_kind",
    "standard",
]

_TYPE_DICT = type.__dict__["__dict__"].__get__
_TYPE_MODULE = type.__dict__["__module__"].__get__
_TYPE_QUALNAME = type.__dict__["__qualname__"].__get__
_TYPE_MRO = type.__dict__["__mro__"].__get__
_MODULE_DICT: Any = vars(types.ModuleType)["__dict__"].__get__
_NO_DICT: dict[str, object] = {}
_Layout = tuple[types.GetSetDescriptorType | None, tuple[tuple[str, types.MemberDescriptorType], ...]]
_layouts: dict[
    int, tuple[type, types.GetSetDescriptorType | None, tuple[tuple[str, types.MemberDescriptorType], ...]]
] = {}


def namespace(cls: type) -> Mapping[str, object]:
    """The class's own `__dict__`."""
    own: Mapping[str, object] = _TYPE_DICT(cls)
    return own


def mro(cls: type) -> tuple[type, ...]:
    """The class's `__mro__`."""
    order: tuple[type, ...] = _TYPE_MRO(cls) or ()
    return order


def class_module(cls: type) -> str:
    """The class's `__module__`, empty when it is no string."""
    try:
        name = _TYPE_MODULE(cls)
    except AttributeError:  # deleted from the class's own dictionary
        return ""
    return name if isinstance(name, str) else ""


def class_name(cls: type) -> str:
    """The class's `__qualname__`."""
    return str(_TYPE_QUALNAME(cls))


def of_kind(value: object, *kinds: type) -> bool:
    """`isinstance` that does not ask the object's `__class__`; for kinds whose metaclass is `type`."""
    return issubclass(type(value), kinds)


def is_function(value: object) -> TypeGuard[types.FunctionType]:
    """True for a Python function."""
    return type(value) is types.FunctionType


def is_class(value: object) -> TypeGuard[type]:
    """True for a class, whatever its metaclass."""
    return issubclass(type(value), type)


def is_module(value: object) -> TypeGuard[types.ModuleType]:
    """True for a module, a lazy one too."""
    return of_kind(value, types.ModuleType)


def module_namespace(module: types.ModuleType) -> dict[str, object]:
    """The module's `__dict__`; a lazy module stays unloaded."""
    own: dict[str, object] = _MODULE_DICT(module)
    return own


def standard(module: str) -> bool:
    """True for a module of the standard library, and for built-in things."""
    return module.partition(".")[0] in sys.stdlib_module_names


def attributes(value: object) -> dict[str, object]:
    """What the instance itself holds, in its `__dict__` and its slots, by name."""
    getter, slots = _layout(type(value))
    held = dict(_instance_dict(getter, value))
    for name, member in slots:
        try:
            held[name] = member.__get__(value)
        except (AttributeError, TypeError):  # not set; or a member of a C type that has no value to show
            continue
    return held


def _instance_dict(getter: types.GetSetDescriptorType | None, value: object) -> Mapping[str, object]:
    if getter is None:
        return _NO_DICT
    try:
        held = getter.__get__(value)
    except (AttributeError, TypeError):  # a class with a `__dict__` entry whose instances have none
        return _NO_DICT
    return {_key(key): item for key, item in dict.items(held)} if of_kind(held, dict) else _NO_DICT


def _key(key: object) -> str:
    return key if type(key) is str else f"<{class_name(type(key))}>"


def _layout(cls: type) -> _Layout:
    known = _layouts.get(id(cls))
    if known is None:
        known = _layouts[id(cls)] = (cls, *_find_layout(cls))
    return known[1], known[2]


def _find_layout(cls: type) -> _Layout:
    getter = None
    slots: dict[str, types.MemberDescriptorType] = {}
    for base in mro(cls):
        for name, entry in namespace(base).items():
            if type(entry) is types.MemberDescriptorType and not _of_layout(name):
                slots.setdefault(name, entry)
            elif name == "__dict__" and type(entry) is types.GetSetDescriptorType and getter is None:
                getter = entry
    return getter, tuple(slots.items())


def _of_layout(name: str) -> bool:
    """True for members that show where things are in memory."""
    return name.startswith("__weakref") or (name.startswith("__") and name.endswith("offset__"))


def forget_layouts() -> None:
    """Let go of the classes whose layout was looked up: a class may change, or be gone, the next time."""
    _layouts.clear()


def items_of(value: Any) -> list[tuple[object, object]]:
    """The entries of a dict or of a subclass of it, in order, past any override."""
    return list(dict.items(value)) if of_kind(value, dict) else []
