"""What is to be reached from the modules of an application within some steps, without a pass over the heap.

Most of what belongs to code hangs on the modules: functions, classes, what decorators made of them, tables,
routers. What belongs to sessions mostly does not, or lies deeper. The walk is a bounded one, nearest first.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType

__all__ = ["near_objects"]

_LEAVES = frozenset(
    {str, bytes, int, float, complex, bool, type(None), CodeType, ModuleType, FrameType, BuiltinFunctionType}
)
_MOST = 60_000
"""Objects visited; a walk over these takes some hundredths of a second."""


def near_objects(namespaces: Iterable[dict[str, object]]) -> Iterator[object]:
    """Everything within reach of these modules' dictionaries, each once, the nearest first."""
    spaces = list(namespaces)
    names = {space.get("__name__") for space in spaces}
    seen = {id(module.__dict__) for module in tuple(sys.modules.values()) if isinstance(module, ModuleType)}
    level: list[object] = [value for space in spaces for value in list(space.values())]
    visited = 0
    while level:
        following: list[object] = []
        for item in level:
            kind = type(item)
            if kind in _LEAVES or id(item) in seen:
                continue
            seen.add(id(item))
            yield item
            visited += 1
            if visited > _MOST:
                return
            if _is_of(item, kind, names):
                following.extend(gc.get_referents(item))
        level = following


def _is_of(item: object, kind: type, names: set[object]) -> bool:
    """False for what leads into other packages: their classes, and functions that nothing was put into."""
    if issubclass(kind, type):
        return type.__getattribute__(item, "__dict__").get("__module__") in names
    if kind is FunctionType:
        own = item.__globals__.get("__name__") in names  # type: ignore[attr-defined]
        return own or bool(item.__closure__ or item.__dict__ or item.__defaults__)  # type: ignore[attr-defined]
    return True
