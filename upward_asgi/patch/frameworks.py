"""Application objects of the frameworks that are known: what they keep, and how an old one becomes a new one.

A live application keeps its identity, so that closures, mounts and the server's middleware serve the new
routes. Frameworks are recognised by the name of a class in the object's `__mro__` and are never imported from
here; an adapter adds its own with `register`.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from types import MethodType
from typing import Any

from .heap import referrers
from .journal import Journal
from .modules import names_below

__all__ = [
    "Framework",
    "Rebuilt",
    "become_application",
    "forget_kinds",
    "forget_places",
    "framework_of",
    "make_again",
    "places_of_additions",
    "register",
]


@dataclass(frozen=True, slots=True)
class Framework:
    """What is known of one framework's application class."""

    cls: str
    """`module:Class`, as the class names itself; subclasses of it count."""
    carried: tuple[str, ...] = ()
    """Attributes that hold live state: the old object stays, entries that only the new one has are added."""
    built: tuple[str, ...] = ()
    """Attributes, dotted, that hold what was added to it; building it again adds what the release adds."""
    inner: tuple[str, ...] = ()
    """Attributes of whoever holds such an application that cache what was built from it."""
    caches: tuple[str, ...] = ()
    """Top-level packages whose `lru_cache`s remember what kind of function something is."""
    places: tuple[str, ...] = ()
    """Tables (`module:NAME`) that remember in which file and line functions stand."""


_FRAMEWORKS: dict[str, Framework] = {}


def register(framework: Framework) -> None:
    """Let applications of this class be built again in place."""
    _FRAMEWORKS[framework.cls] = framework


register(
    Framework(
        "starlette.applications:Starlette",
        carried=("state", "dependency_overrides"),
        built=("router.routes", "user_middleware", "exception_handlers"),
    )
)
register(
    Framework(
        "starlette.routing:Router",
        built=("routes",),
        inner=("_effective_candidates_version", "_effective_low_priority_routes_version"),
        caches=("starlette", "fastapi"),
        places=("fastapi.routing:_endpoint_context_cache",),  # shown in the answer to a wrong request
    )
)


def framework_of(cls: type) -> Framework | None:
    """The framework of an application class, None when it is none."""
    names = (f"{base.__module__}:{base.__qualname__}" for base in cls.__mro__)
    return next((_FRAMEWORKS[name] for name in names if name in _FRAMEWORKS), None)


def places_of_additions() -> frozenset[str]:
    """The attributes, dotted, that hold what was added to an application of any known framework."""
    return frozenset(place for framework in _FRAMEWORKS.values() for place in framework.built)


def forget_kinds(journal: Journal) -> None:
    """Empty the frameworks' caches of what functions are like: a living function may be another kind now."""
    packages = {package for framework in _FRAMEWORKS.values() for package in framework.caches}
    modules = [sys.modules[name] for name in names_below(packages)]
    for value in (value for module in modules for value in list(vars(module).values())):
        if type(value) is functools._lru_cache_wrapper:
            value.cache_clear()
            journal.on_undo(value.cache_clear)


def forget_places(journal: Journal) -> None:
    """Empty the frameworks' tables of where functions stand: their code is of another file now."""
    for place in (place for framework in _FRAMEWORKS.values() for place in framework.places):
        module, _, name = place.partition(":")
        table = getattr(sys.modules.get(module), name, None)
        if type(table) is dict:
            journal.contents(table)
            table.clear()


@dataclass(slots=True)
class Rebuilt:
    """An application that was built again: the living object, and what it held before."""

    live: Any
    before: dict[str, Any]

    def keep_the_rest(self, journal: Journal, dropped: Iterable[str]) -> None:
        """Attributes that the running service put on it: building it again does not know them."""
        now, gone = self.live.__dict__, set(dropped)
        for name, value in self.before.items():
            cached = isinstance(getattr(type(self.live), name, None), functools.cached_property)
            if name not in now and name not in gone and not cached:
                journal.set_item(now, name, value)
        for dotted in gone:
            owner, _, name = dotted.partition(".")
            journal.delete_item(_entries(now.get(owner)), name)


def make_again(journal: Journal, old: Any, cls: type, args: Any, kwargs: Any) -> Rebuilt | None:
    """`cls(*args, **kwargs)` in the living object itself; None when it cannot be done in place.

    All that the constructor makes then refers to the living object from the beginning.
    """
    if not _is_plain(cls) or framework_of(cls) is None or not _takes_class(journal, old, cls):
        return None
    rebuilt = _emptied(journal, old)
    construct: Any = cls.__init__  # type: ignore[misc]  # the very method that calling the class would run
    construct(old, *args, **kwargs)
    _carry(journal, rebuilt)
    return rebuilt


def _is_plain(cls: Any) -> bool:
    """True when calling the class makes an object and runs `__init__` on it, and nothing else."""
    return cls.__new__ is object.__new__ and type(cls).__call__ is type.__call__


def become_application(
    journal: Journal, old: Any, new: Any, superseded: list[tuple[object, object]]
) -> list[Rebuilt]:
    """Let `old` take over what a factory made; applications inside a wrapper are carried over one by one.

    What the new object's parts hold of it is put right later, with `superseded`. Empty: it cannot be done.
    """
    if old is new or not _takes_class(journal, old, type(new)):
        return []
    inner = [
        rebuilt
        for name in _wrapped(old, new)
        for rebuilt in _become_inner(journal, old, new, name, superseded)
    ]
    rebuilt = _emptied(journal, old)
    for name, value in new.__dict__.items():
        old.__dict__[name] = value
    _carry(journal, rebuilt)
    superseded.append((new, old))
    methods = [h for h in referrers((new,)) if type(h) is MethodType and h.__self__ is new]
    superseded.extend((method, MethodType(method.__func__, old)) for method in methods)
    return [rebuilt, *inner]


def _wrapped(old: Any, new: Any) -> list[str]:
    """Attributes under which both hold an application."""
    both = [name for name in new.__dict__ if name in old.__dict__]
    return [n for n in both if _is_application(old.__dict__[n]) and _is_application(new.__dict__[n])]


def _is_application(value: object) -> bool:
    framework = framework_of(type(value))
    return framework is not None and bool(framework.carried)


def _become_inner(
    journal: Journal, old: Any, new: Any, name: str, superseded: list[tuple[object, object]]
) -> list[Rebuilt]:
    inner = old.__dict__[name]
    rebuilt = become_application(journal, inner, new.__dict__[name], superseded)
    if rebuilt:
        new.__dict__[name] = inner
    return rebuilt


def _takes_class(journal: Journal, old: Any, cls: type) -> bool:
    """True when the living object is of the class now: its own, or one of the same layout."""
    if type(getattr(old, "__dict__", None)) is not dict:
        return False
    if type(old) is cls:
        return True
    try:
        journal.set_class_of(old, cls)
    except TypeError:
        return False
    return True


def _emptied(journal: Journal, old: Any) -> Rebuilt:
    rebuilt = Rebuilt(old, dict(old.__dict__))
    journal.contents(old.__dict__)
    old.__dict__.clear()
    return rebuilt


def _carry(journal: Journal, rebuilt: Rebuilt) -> None:
    live, before = rebuilt.live, rebuilt.before
    framework = framework_of(type(live))
    for name in framework.carried if framework else ():
        if name in before:
            kept, made = before[name], live.__dict__.get(name)
            _add_missing(journal, _entries(kept), _entries(made))
            live.__dict__[name] = kept


def _entries(state: object) -> dict[Any, Any]:
    """What a dict, or Starlette's `State`, holds."""
    if isinstance(state, dict):
        return state
    held = getattr(state, "__dict__", {}).get("_state")
    return held if isinstance(held, dict) else {}


def _add_missing(journal: Journal, kept: dict[Any, Any], made: dict[Any, Any]) -> None:
    for name, value in made.items():
        if name not in kept:
            journal.set_item(kept, name, value)
