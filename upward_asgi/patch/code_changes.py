"""Calling `__code_change__` of modules and classes inside the patch, so that what it did is undone with it.

On the way up the new code runs: a module's right after the module's statements, before its importers'; the
instances' at the end, in one pass over the heap. On the way down the newer code that still runs is called
before anything else, and what it rebound takes the place of what the older statements make.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from packaging.version import Version

from ..appup.code_changes import HOOK
from ..appup.instructions import CodeChange
from ..appup.scopes import key
from ..errors import PatchFailed
from ..versions import Down
from .heap import instances
from .hierarchy import with_subclasses
from .journal import MISSING, Journal
from .module_run import Progress
from .state import containers

__all__ = ["CodeChanges"]

Namespace = dict[str, Any]


class CodeChanges:
    """The calls of one patch: `before` runs first, `module` in an instruction's place, `instances` last."""

    def __init__(self, changes: Iterable[CodeChange], progress: Progress) -> None:
        self._changes = tuple(changes)
        self._progress = progress
        self._old: dict[str, Namespace] = {}
        """What modules held before the patch."""
        self._rebound: dict[str, Namespace] = {}
        """What the newer release's function bound on the way down."""
        self._living: list[tuple[CodeChange, object]] = []
        """The instances that lived before the patch; what it makes itself needs no migration."""

    @property
    def journal(self) -> Journal:
        return self._progress.journal

    def before(self, name_before: Callable[[str], str]) -> None:
        """Keep what modules hold; on the way down, call everything. `name_before` knows renamed modules."""
        for change in self._changes:
            live = sys.modules.get(name_before(change.module))
            if live is None or change.owner:
                continue
            self._old[change.module] = dict(live.__dict__)
            if change.to is not None:
                self._rebound[change.module] = self._call_module(change, live.__dict__)
        self._living = list(self._find(name_before))
        for change, instance in self._living:
            if change.to is not None:
                self._call_instance(change, instance)

    def module(self, change: CodeChange, namespace: Namespace) -> None:
        """Let the module have its migrated state, and whoever reads it know."""
        if change.owner or change.module not in self._old:
            return
        if change.to is None:
            rebound = self._call_module(change, namespace)
        else:
            rebound = {n: value for n, value in self._rebound[change.module].items() if n in namespace}
            for name, value in rebound.items():
                self.journal.set_item(namespace, name, value)
        self._progress.dirty.update(key(change.module, name) for name in rebound)

    def instances(self) -> None:
        """Call the instances' on the way up: those that lived before, or the copies that took their place."""
        copies = {id(old): new for old, new in self._progress.superseded}
        for change, instance in self._living:
            if change.to is None:
                self._call_instance(change, copies.get(id(instance), instance))

    def _call_module(self, change: CodeChange, namespace: Namespace) -> Namespace:
        for value in list(namespace.values()):
            self.journal.contents(value)
        earlier = dict(namespace)
        _call(namespace[HOOK], change, _vsn(change), self._old[change.module], None)
        return {n: value for n, value in namespace.items() if earlier.get(n, MISSING) is not value}

    def _find(self, name_before: Callable[[str], str]) -> Iterator[tuple[CodeChange, object]]:
        """Every instance that lives now, in one pass over the heap."""
        by_class: dict[type, CodeChange] = {}
        for change in self._changes:
            live = sys.modules.get(name_before(change.module))
            cls = live.__dict__.get(change.owner) if live is not None and change.owner else None
            if isinstance(cls, type):
                by_class.update(dict.fromkeys(with_subclasses(cls), change))
        for item in instances(by_class) if by_class else ():
            yield by_class[type(item)], item

    def _call_instance(self, change: CodeChange, instance: object) -> None:
        for namespace in _remembered(instance, self.journal):
            for container in containers([namespace]):
                self.journal.contents(container)
        _call(getattr(type(instance), HOOK), change, instance, _vsn(change), None)


def _vsn(change: CodeChange) -> Version:
    return Version(change.old_vsn) if change.to is None else Down(change.old_vsn, change.to)


def _remembered(instance: object, journal: Journal) -> Iterator[Namespace]:
    """What the instance holds, in its dictionary and its slots, after the journal has taken note of it."""
    namespace = getattr(instance, "__dict__", None)
    if type(namespace) is dict:
        journal.contents(namespace)
        yield namespace
    slots = {name for cls in type(instance).__mro__ for name, member in vars(cls).items() if _is_slot(member)}
    held = {name: getattr(instance, name, MISSING) for name in slots}
    if held:
        journal.on_undo(lambda: _restore_slots(instance, held))
        yield held
    if namespace is not None:
        for value in namespace.values():
            journal.contents(value)


def _is_slot(member: object) -> bool:
    return inspect.ismemberdescriptor(member)


def _restore_slots(instance: object, held: Namespace) -> None:
    for name, value in held.items():
        if value is not MISSING:
            object.__setattr__(instance, name, value)
        elif hasattr(instance, name):
            object.__delattr__(instance, name)


def _call(function: Callable[..., object], change: CodeChange, *arguments: object) -> None:
    """Raises `PatchFailed`, which names the function, for whatever it raises; and when it is asynchronous."""
    name = f"{key(change.module, f'{change.owner}.{HOOK}'.lstrip('.'))}()"
    try:
        result = function(*arguments)
    except Exception as error:
        raise PatchFailed(
            expected=f"{name} to return",
            got=f"{type(error).__name__}: {error}",
            do="mend it and try again; everything was undone",
        ) from error
    if inspect.isawaitable(result):
        getattr(result, "close", bool)()
        raise PatchFailed(
            expected=f"{name} to be an ordinary function",
            got="one that must be awaited",
            do="do what it does without `await`: everything waits while it runs",
        )
