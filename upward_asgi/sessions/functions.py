"""A function that somebody registered, as the running release has it.

A patch gives most functions new code and leaves them the objects that they were. One whose decorator changed
is another object afterwards, and one that the release no longer has is gone: so it is looked up by its name.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import MethodType
from typing import TypeVar, cast

__all__ = ["function_now"]

F = TypeVar("F", bound=Callable[..., object])


def function_now(function: F) -> F | None:
    """The function that has the name of `function` now; None when there is none any more.

    A bound method is looked up on its object. What has no name of its own in a module (an inner function, a
    lambda, a `functools.partial`) is returned as it is.
    """
    if isinstance(function, MethodType):
        return _callable(getattr(function.__self__, function.__name__, None))
    name = getattr(function, "__qualname__", "<locals>")
    if "<" in name:
        return function
    found: object = sys.modules.get(getattr(function, "__module__", ""))
    for part in name.split("."):
        found = getattr(found, part, None)
    return _callable(found)


def _callable(found: object) -> F | None:
    return cast("F", found) if callable(found) else None
