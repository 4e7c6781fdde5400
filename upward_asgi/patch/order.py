"""The order of dictionary keys and class attributes, changed without a moment in which one is missing.

A plain dictionary cannot move a key; it can only be emptied and filled again. Other threads must never see it
empty, so both happen in one call of a C function, during which CPython does not switch threads.
"""

from __future__ import annotations

import collections
import functools
import gc
import operator
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["is_in_order", "put_in_order", "replace_items", "set_class_order"]


def replace_items(container: dict[Any, Any], items: Mapping[Any, Any]) -> None:
    """Let `container` hold exactly `items`, in their order."""
    steps = (
        functools.partial(dict.clear, container),
        functools.partial(dict.update, container, items),
    )
    collections.deque(map(operator.call, steps), maxlen=0)


def put_in_order(container: dict[Any, Any], wanted: Iterable[Any]) -> None:
    """Bring the keys into the order `wanted`; those that it does not name come last."""
    names = [*dict.fromkeys(name for name in wanted if name in container)]
    known = set(names)
    ordered = [*names, *(name for name in container if name not in known)]
    if ordered != list(container):
        replace_items(container, {name: dict.__getitem__(container, name) for name in ordered})


def is_in_order(container: Mapping[Any, Any], wanted: Iterable[Any]) -> bool:
    """True when the keys that `wanted` names come first, in its order."""
    names = dict.fromkeys(name for name in wanted if name in container)
    return all(a == b for a, b in zip(names, container, strict=False))


def set_class_order(cls: type, wanted: Iterable[str]) -> None:
    """Bring a class's own attributes into the order `wanted`, as `vars(cls)` gives them.

    Only the order of the dictionary behind `cls.__dict__` changes, no value: the type's attribute cache stays
    right, and neither slots nor `__set_name__` are concerned.
    """
    # Of a ctypes structure it is a subclass of dict.
    (namespace,) = (found for found in gc.get_referents(cls.__dict__) if isinstance(found, dict))
    put_in_order(namespace, wanted)
