"""Code objects that the application itself keeps in tables: they follow their functions.

A decorator that remembers `function.__code__`, as those do that hide frames from tracebacks, knows nothing of
the code that the function has now. Looked for in what modules hold directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

from .journal import Journal

__all__ = ["renew_held_codes"]

_LARGEST = 5_000


def renew_held_codes(
    journal: Journal, namespaces: Iterable[dict[str, Any]], renewed: Callable[[CodeType], CodeType | None]
) -> None:
    """Put `renewed(code)` where a module's set, list or dictionary holds a code that has a newer self."""

    def now(item: Any) -> Any:
        return (renewed(item) or item) if type(item) is CodeType else item

    for namespace in namespaces:
        for name, held in list(namespace.items()):
            if name == "__builtins__":  # every module's, and large
                continue
            if type(held) in (set, list, dict) and len(held) <= _LARGEST and _has_code(held):
                journal.contents(held)
                _replace(held, now)


def _has_code(held: Any) -> bool:
    items = (*held, *held.values()) if type(held) is dict else held
    return CodeType in map(type, items)


def _replace(held: Any, now: Callable[[Any], Any]) -> None:
    if type(held) is list:
        held[:] = map(now, held)
    elif type(held) is set:
        members = set(map(now, held))
        held |= members
        held &= members
    else:
        items = {now(key): now(value) for key, value in held.items()}
        held.clear()
        held.update(items)
