"""The living functions of the application: found in one pass over the heap, given their new code.

Functions hide in closures, callbacks, tables and wrappers, so they are looked for where the garbage collector
keeps them, by the module dictionary that is their `__globals__`: attributes such as `__module__` may have
been copied from elsewhere. One pass over a million objects costs about 0.1 s, which is why it can be made
beforehand in another thread (`scan`); what was born since is in the youngest generations.
"""

from __future__ import annotations

import functools
import gc
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from ..appup.codes import CodePair, CodePairs
from .codes import doc_of, give_code, has_own_doc, texts_of
from .functions import functions_under
from .journal import Journal
from .near import near_objects

__all__ = ["Distribution", "LivingFunctions", "clear_caches", "distribute"]


_KINDS = frozenset({FunctionType, functools._lru_cache_wrapper})


@dataclass(slots=True)
class LivingFunctions:
    """Living functions by the id of their module's dictionary, and all `lru_cache`s and wrappers."""

    by_module: defaultdict[int, list[FunctionType]]
    caches: list[functools._lru_cache_wrapper[object]]
    wrappers: list[FunctionType]
    """What decorators of other packages made (`contextlib.contextmanager`): functions with `__wrapped__`."""
    collections: int
    """Older collections until the scan: while it stands, what was born since is in younger generations."""

    @classmethod
    def scan(cls, namespaces: Iterable[dict[str, object]]) -> LivingFunctions:
        """One pass over the heap for the functions of these modules; safe in another thread."""
        if gc.get_freeze_count():
            gc.unfreeze()  # what is frozen is not shown; it only goes back to where it came from
        found = cls(defaultdict(list), [], [], _older_collections())
        found._add(gc.get_objects(), {id(namespace) for namespace in namespaces})
        return found

    @classmethod
    def near(cls, namespaces: Iterable[dict[str, object]]) -> LivingFunctions:
        """The functions that are to be reached from these modules within some steps; safe in another thread.

        It may miss some. Whoever compares it with a `scan` (`missing`) knows.
        """
        found, spaces = cls(defaultdict(list), [], [], _older_collections()), list(namespaces)
        found._add(near_objects(spaces), {id(namespace) for namespace in spaces})
        return found

    def clear(self) -> None:
        """Let go of them."""
        self.by_module.clear()
        self.caches.clear()
        self.wrappers.clear()

    def missing(self, whole: LivingFunctions) -> list[str]:
        """The names of what a scan of the whole heap found and this did not."""
        known = {id(item) for item in (*self.all(), *self.caches, *self.wrappers)}
        ours = {id(function) for function in whole.all()}
        wrappers: list[Any] = [*whole.caches, *whole.wrappers]
        round_ours = [one for one in wrappers if id(one.__wrapped__) in ours]
        missed: list[Any] = [one for one in (*whole.all(), *round_ours) if id(one) not in known]
        return [f"{one.__module__}:{one.__qualname__}" for one in missed]

    def catch_up(self, namespaces: Iterable[dict[str, object]]) -> LivingFunctions:
        """The same with what was born since the scan: from the young generations, or by a new scan."""
        namespaces = list(namespaces)
        if _older_collections() != self.collections:
            return LivingFunctions.scan(namespaces)
        known = {id(item) for item in (*self.all(), *self.caches, *self.wrappers)}
        young = [*gc.get_objects(generation=0), *gc.get_objects(generation=1)]
        born = [item for item in young if type(item) in _KINDS and id(item) not in known]
        self._add(born, {id(space) for space in namespaces})
        return self

    def _add(self, objects: Iterable[object], wanted: set[int]) -> None:
        for item in [item for item in objects if type(item) in _KINDS]:
            if isinstance(item, FunctionType):
                home = id(item.__globals__)
                if home in wanted:
                    self.by_module[home].append(item)
                elif item.__closure__ and hasattr(item, "__wrapped__"):
                    self.wrappers.append(item)
            else:
                self.caches.append(item)  # type: ignore[arg-type]

    def all(self) -> Iterable[FunctionType]:
        """Every living function of the application."""
        return (function for functions in self.by_module.values() for function in functions)

    def of(self, namespace: dict[str, object]) -> list[FunctionType]:
        """The living functions whose globals are this module's."""
        return self.by_module.get(id(namespace), [])


@dataclass(slots=True)
class Distribution:
    """What came of giving out new code."""

    given: int = 0
    changed: set[int] = field(default_factory=set)
    """Ids of the functions among them whose code really changed."""
    docs: list[tuple[str, str | None]] = field(default_factory=list)
    """Docstrings that changed, old and new."""
    left: list[FunctionType] = field(default_factory=list)
    """Living functions that could not follow: closures whose variables or arguments changed."""


def distribute(
    journal: Journal,
    functions: Iterable[FunctionType],
    pairs: CodePairs,
    allowed: frozenset[str],
) -> Distribution:
    """Give every living function of one module the code of its new self.

    `allowed` holds the qualified names whose code may change; code that only moved to other lines goes to
    all.
    """
    done = Distribution()
    for function in functions:
        pair = pairs.of(function.__code__)
        if pair is None:
            continue
        if pair.changed and not (pair.fits and pair.qualname in allowed):
            done.left.append(function)
            continue
        _give(journal, function, pair, done)
        done.given += 1
        if pair.changed:
            done.changed.add(id(function))
    return done


def _give(journal: Journal, function: FunctionType, pair: CodePair, done: Distribution) -> None:
    old_doc, new_doc = doc_of(pair.old), doc_of(pair.new)
    if old_doc != new_doc:
        done.docs += [(text, new_doc) for text in texts_of(function)]
        if has_own_doc(function):
            journal.set_attribute(function, "__doc__", new_doc)
    give_code(journal, function, pair.new)


def clear_caches(
    functions: LivingFunctions, changed: set[int], reads_changed: Callable[[FunctionType], bool]
) -> None:
    """Empty every `lru_cache` round a function that changed, or that reads a value that did, however many
    decorators lie between them.

    The results in it are the old code's; a cache of anything else (a pool, the settings) is left alone. What
    dispatchers remember is found out anew.
    """
    for cache in functions.caches:
        inside = functions_under(getattr(cache, "__wrapped__", None))
        if any(id(function) in changed or reads_changed(function) for function in inside):
            cache.cache_clear()
    for wrapper in functions.wrappers:
        if wrapper.__globals__ is vars(functools):  # `singledispatch` remembers handlers that may be gone
            wrapper.__dict__.get("_clear_cache", list)()


def _older_collections() -> int:
    """How often what is not young any more was collected, or joined by what was."""
    count: int = sum(generation["collections"] for generation in gc.get_stats()[1:])
    return count
