"""The names that pydantic gives generic models with arguments: `Model[int]`, where the first one was made.

It makes each only once, and remembers it: a statement that runs again finds it, and does not bind the name
that a fresh start would have bound.
"""

from __future__ import annotations

from typing import Any

from ..journal import Journal

__all__ = ["bind_generics"]


def bind_generics(journal: Journal, namespace: dict[str, Any], made: object) -> None:
    """Bind the generic models that a statement of this module has just used, if they say they live in it."""
    for cls in (made, *made.__bases__) if isinstance(made, type) else ():
        told = cls.__dict__.get("__pydantic_generic_metadata__")
        if not told or told["origin"] is None:
            continue
        if cls.__module__ == namespace.get("__name__") and cls.__name__ not in namespace:
            journal.set_item(namespace, cls.__name__, cls)
