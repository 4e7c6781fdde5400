"""Abstract base classes after a patch: which methods are abstract, and what the ABC caches remember."""

from __future__ import annotations

import _abc  # type: ignore[import-not-found]  # typeshed does not know it
import abc
from typing import Any

from .hierarchy import subclasses
from .journal import Journal

__all__ = ["refresh_abstract"]


def refresh_abstract(journal: Journal, cls: type) -> None:
    """Work out the abstract methods of a class and its subclasses again, and forget negative checks.

    Virtual subclasses (`ABC.register`) stay registered: the class keeps its identity and its registry.
    """
    if not isinstance(cls, abc.ABCMeta):
        return
    _refresh(journal, cls)
    _abc._reset_caches(cls)  # who was found to be a subclass; what was registered stays
    for sub in subclasses(cls):
        refresh_abstract(journal, sub)
    _forget_checks()


def _refresh(journal: Journal, cls: abc.ABCMeta) -> None:
    """What `abc.update_abstractmethods` works out, written through the journal."""
    names = {name for base in cls.__bases__ for name in getattr(base, "__abstractmethods__", ())}
    abstract = {name for name in names if _is_abstract(getattr(cls, name, None))}
    abstract |= {name for name, value in cls.__dict__.items() if _is_abstract(value)}
    if frozenset(abstract) != cls.__dict__.get("__abstractmethods__", frozenset()):
        before = cls.__dict__.get("__abstractmethods__", frozenset())
        journal.on_undo(lambda: setattr(cls, "__abstractmethods__", before))
        cls.__abstractmethods__ = frozenset(abstract)


def _is_abstract(value: Any) -> bool:
    return getattr(value, "__isabstractmethod__", False) is True


def _forget_checks() -> None:
    """Registering anything anywhere makes every ABC's negative cache stale (`ABCMeta` counts
    registrations)."""

    class Bump(abc.ABC):  # noqa: B024  (it exists to be registered with, once)
        pass

    Bump.register(type("Registered", (), {}))
