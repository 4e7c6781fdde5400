"""What `typing.Protocol` sets on classes by itself, in its `__init_subclass__` and its metaclass."""

from __future__ import annotations

import typing

__all__ = ["set_by_protocol"]

_MARKS = frozenset(
    {
        "_is_protocol",
        "_is_runtime_protocol",
        "__protocol_attrs__",  # Python 3.12
        "__callable_proto_members_only__",  # Python 3.12 only
        "__non_callable_proto_members__",  # Python 3.13
    }
)
_METHODS = ("__subclasshook__", "__init__")


def set_by_protocol(cls: type) -> frozenset[str]:
    """The attributes of the class's own that are typing's, not the application's; of any class."""
    if typing.Protocol not in cls.__mro__:
        return frozenset()
    methods = (name for name in _METHODS if _is_of_typing(cls.__dict__.get(name)))
    return _MARKS.intersection(cls.__dict__).union(methods)


def _is_of_typing(method: object) -> bool:
    """Of the first instance's making, a protocol's `__init__` leaves that of `object` in the class."""
    return method is object.__init__ or getattr(method, "__module__", None) == typing.__name__
