"""Whether a state is what it was: by its own `==`, or, for types that have none, part by part."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

__all__ = ["same", "shown"]


def same(before: Any) -> Callable[[Any], bool]:
    """Remember a state by a copy of it; tells of another one whether it is the same."""
    kept = copy.deepcopy(before)
    return lambda after: _equal(kept, after)


def shown(state: Any) -> str:
    """The state for people: its own `repr`, or its attributes if it has none."""
    if _own(state, "__repr__"):
        return repr(state)
    parts = ", ".join(f"{name}={value!r}" for name, value in sorted(vars(state).items()))
    return f"{type(state).__qualname__}({parts})"


def _equal(before: Any, after: Any) -> bool:
    if type(before).__name__ != type(after).__name__:
        return False
    if _own(before, "__eq__"):
        return bool(before == after)
    ours, theirs = getattr(before, "__dict__", {}), getattr(after, "__dict__", {})
    return ours.keys() == theirs.keys() and all(_equal(ours[name], theirs[name]) for name in ours)


def _own(state: Any, method: str) -> bool:
    """True when the type has a method of its own there, not just that of every object."""
    return getattr(type(state), method) is not getattr(object, method)
