"""The undo log of a patch: every write to the live process goes through here.

Each entry knows how to bring back exactly what was there; `undo` runs them newest first. Writes use the plain
`type`/`object`/`dict` operations, so that no code of the application runs in between.
"""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, MutableMapping, MutableSequence, MutableSet
from typing import Any
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

from ..errors import InternalError
from .constructors import require_settling, settle_constructors
from .order import is_in_order, put_in_order, replace_items, set_class_order

__all__ = ["MISSING", "Journal"]

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "<missing>"})()
"""Stands for 'was not there'."""


_COPIES = frozenset({"items"})
"""Variables of the entries below that hold copies of what a container held."""


_CONSTRUCTING = frozenset({"__new__", "__bases__"})
"""Attributes of a class that decide what `C(...)` calls first."""

_alive: WeakSet[Journal] = WeakSet()


class Journal:
    """The undo entries of one patch, oldest first."""

    def __init__(self) -> None:
        self._entries: list[Callable[[], object]] = []
        self._seen: set[int] = set()
        self.containers: list[Any] = []
        """Those whose contents are remembered."""
        _alive.add(self)

    def __len__(self) -> int:
        return len(self._entries)

    def on_undo(self, entry: Callable[[], object]) -> None:
        """Register how to take back something that was done elsewhere."""
        self._entries.append(entry)

    def do(self, act: Callable[[], Callable[[], object]]) -> None:
        """Do something elsewhere; `act` returns how to take it back. Its place in the log is taken before."""
        undo: list[Callable[[], object]] = []
        self._entries.append(lambda: [take_back() for take_back in undo])
        undo.append(act())

    @property
    def logs(self) -> tuple[list[Any], ...]:
        """The lists that this log itself consists of."""
        return self._entries, self.containers

    def undo(self) -> None:
        """Bring everything back, newest first. One entry that fails does not keep the others from running."""
        failures = []
        while self._entries:
            entry = self._entries.pop()
            try:
                entry()
            except Exception as error:  # collected, and raised together below
                failures.append(error)
        self.forget()
        if failures:
            raise InternalError(
                expected="every step of the patch to be undone",
                got=f"{len(failures)} step(s) that could not be: {failures!r}",
                do="restart the service on its permanent release and report this",
            ) from ExceptionGroup("undo", failures)

    def forget(self) -> None:
        """Nothing will be undone: let go of all that was replaced."""
        self._entries.clear()
        self._seen.clear()
        self.containers.clear()

    @staticmethod
    def holders() -> Iterator[object]:
        """What logs hold references with (this one's and those of earlier patches): never to be changed."""
        for journal in list(_alive):
            yield from journal._holders()

    def _holders(self) -> Iterator[object]:
        yield self._entries
        yield self.containers
        for entry in self._entries:
            if isinstance(entry, _Item | _Contents):
                yield entry
            if isinstance(entry, _Contents):
                yield entry.held
            if not isinstance(entry, types.FunctionType):
                continue
            for name, cell in zip(entry.__code__.co_freevars, entry.__closure__ or (), strict=True):
                yield cell
                if name in _COPIES:
                    yield cell.cell_contents

    def pairs(self) -> Iterator[object]:
        """The tuples of key and value that remembered dictionaries are kept as."""
        kept = (entry for entry in self._entries if isinstance(entry, _Contents))
        return (pair for entry in kept if isinstance(entry.container, dict) for pair in entry.held)

    # Writes

    def set_item(self, namespace: dict[Any, Any], name: Any, value: object) -> None:
        """`namespace[name] = value`; the position of an existing name does not change."""
        before = dict.get(namespace, name, MISSING)
        if before is value:
            return
        self._entries.append(_Item(namespace, name, before))
        dict.__setitem__(namespace, name, value)

    def delete_item(self, namespace: dict[Any, Any], name: Any) -> None:
        """`del namespace[name]` if it is there."""
        if name in namespace:
            self.contents(namespace)
            dict.__delitem__(namespace, name)

    def set_class(self, cls: type, name: str, value: object) -> None:
        """`cls.name = value` past any metaclass that forbids it. Raises `CannotFollow` for some `__new__`."""
        before = cls.__dict__.get(name, MISSING)
        if before is value:
            return
        require_settling(cls, name)
        line = cls.__dict__.get("__firstlineno__", MISSING)
        if name != "__module__" or line is MISSING:
            self._entries.append(lambda: _restore_class(cls, name, before))
            _set_class(cls, name, value)
            return
        self.class_contents(cls)  # setting the module deletes the line (Python 3.13)
        _set_class(cls, name, value)
        type.__setattr__(cls, "__firstlineno__", line)

    def delete_class(self, cls: type, name: str) -> None:
        """`del cls.name` if the class itself has it. Raises `CannotFollow` for some `__new__`."""
        if name in cls.__dict__:
            require_settling(cls, name)
            self.class_contents(cls)
            _delete_class(cls, name)

    def class_order(self, cls: type, names: Iterable[str]) -> None:
        """Bring what a class itself has into the order of `names`; others come last."""
        names = list(names)
        if is_in_order(cls.__dict__, names):
            return
        self.class_contents(cls)
        set_class_order(cls, names)

    def set_attribute(self, obj: Any, name: str, value: object) -> None:
        """`obj.name = value` for functions, modules, cells and plain instances."""
        try:
            before = object.__getattribute__(obj, name)
        except (AttributeError, ValueError):  # ValueError: an empty cell
            before = MISSING
        if before is value:
            return
        self._entries.append(lambda: _restore_attribute(obj, name, before))
        object.__setattr__(obj, name, value)

    def set_class_of(self, obj: Any, cls: type) -> None:
        """`obj.__class__ = cls`. Raises `TypeError` when the layouts do not allow it."""
        before = type(obj)
        self._entries.append(lambda: object.__setattr__(obj, "__class__", before))
        object.__setattr__(obj, "__class__", cls)

    def class_contents(self, cls: type) -> None:
        """Remember what a class itself has, in order; kept once per class."""
        if id(cls) in self._seen:
            return
        self._seen.add(id(cls))
        items = dict(cls.__dict__)
        self._entries.append(lambda: _restore_attributes(cls, items))

    def set_bases(self, cls: type, bases: tuple[type, ...]) -> None:
        """`cls.__bases__ = bases`. Raises `TypeError` when the layouts do not allow it."""
        before = cls.__bases__
        if before == bases:
            return
        self._entries.append(lambda: _restore_bases(cls, before))
        _set_class(cls, "__bases__", bases)

    def contents(self, container: Any) -> None:
        """Remember what a dict, list, set or deque holds now, in order; kept once per container."""
        if id(container) in self._seen:
            return
        self._seen.add(id(container))
        self.containers.append(container)
        if isinstance(container, OrderedDict):
            self._entries.append(_Contents(container, _items_in_order, _restore_ordered))
        elif isinstance(container, dict):
            self._entries.append(_Contents(container, _items, _restore_dict))
        elif isinstance(container, WeakKeyDictionary | WeakValueDictionary):
            self._entries.append(_Contents(container, _items_in_order, _restore_weak))
        elif isinstance(container, MutableSequence):
            self._entries.append(_Contents(container, list, _restore_sequence))
        elif isinstance(container, MutableSet):
            self._entries.append(_Contents(container, set, _restore_set))

    def settle(self) -> None:
        """Forget the contents that nobody has changed so far: call it before the event loop goes on.

        An undo may come later, when the application's own tasks have gone on: what they have put in and taken
        out since is theirs, and no part of the patch.
        """
        unchanged: set[int] = set()
        kept: list[Callable[[], object]] = []
        for entry in self._entries:
            if isinstance(entry, _Contents) and entry.unchanged():
                unchanged.add(id(entry.container))
            elif not (isinstance(entry, _Item) and id(entry.container) in unchanged):
                kept.append(
                    entry
                )  # an item that was written and is as it was would bring back what was between
        self._entries[:] = kept


class _Item:
    """What a dictionary had under one name, or that it had nothing."""

    __slots__ = ("before", "container", "name")

    def __init__(self, container: dict[Any, Any], name: Any, before: object) -> None:
        self.container = container
        self.name = name
        self.before = before

    def __call__(self) -> None:
        if self.before is MISSING:
            dict.pop(self.container, self.name, None)
        else:
            dict.__setitem__(self.container, self.name, self.before)


class _Contents:
    """What a container held when it was remembered, and how to bring that back."""

    __slots__ = ("container", "held", "restore", "take")

    def __init__(
        self, container: Any, take: Callable[[Any], Any], restore: Callable[[Any, Any], None]
    ) -> None:
        self.container = container
        self.take = take
        self.held = take(container)
        self.restore = restore

    def __call__(self) -> None:
        self.restore(self.container, self.held)

    def unchanged(self) -> bool:
        """True when it holds the same objects, in the same order where it has one."""
        now, held = self.take(self.container), self.held
        if len(now) != len(held):
            return False
        if isinstance(held, set):
            return set(map(id, now)) == set(map(id, held))
        if isinstance(self.container, MutableMapping):
            return all(a[0] is b[0] and a[1] is b[1] for a, b in zip(now, held, strict=True))
        return all(a is b for a, b in zip(now, held, strict=True))


def _items(container: dict[Any, Any]) -> list[tuple[Any, Any]]:
    return list(dict.items(container))


def _items_in_order(container: MutableMapping[Any, Any]) -> list[tuple[Any, Any]]:
    return list(container.items())


def _set_class(cls: type, name: str, value: object) -> None:
    type.__setattr__(cls, name, value)
    if name in _CONSTRUCTING:
        settle_constructors(cls)


def _delete_class(cls: type, name: str) -> None:
    type.__delattr__(cls, name)
    if name in _CONSTRUCTING:
        settle_constructors(cls)


def _restore_class(cls: type, name: str, before: object) -> None:
    if before is not MISSING:
        _set_class(cls, name, before)
    elif name in cls.__dict__:
        _delete_class(cls, name)


def _restore_bases(cls: type, before: tuple[type, ...]) -> None:
    if cls.__bases__ != before:  # false after a refused write
        _set_class(cls, "__bases__", before)


def _restore_attributes(cls: type, items: dict[str, object]) -> None:
    for name in [name for name in cls.__dict__ if name not in items]:
        _delete_class(cls, name)
    for name, value in items.items():
        if cls.__dict__.get(name, MISSING) is not value:
            _set_class(cls, name, value)
    set_class_order(cls, items)


def _restore_attribute(obj: Any, name: str, before: object) -> None:
    if before is not MISSING:
        object.__setattr__(obj, name, before)
    elif isinstance(obj, types.CellType):
        del obj.cell_contents
    else:
        object.__delattr__(obj, name)


def _restore_dict(container: dict[Any, Any], items: list[tuple[Any, Any]]) -> None:
    """Bring back keys, values and order, never leaving a name missing that was there all the time."""
    before = dict(items)
    for key, value in items:
        if dict.get(container, key, MISSING) is not value:
            dict.__setitem__(container, key, value)
    if len(container) != len(before):
        replace_items(container, before)
    else:
        put_in_order(container, before)


def _restore_ordered(container: OrderedDict[Any, Any], items: list[tuple[Any, Any]]) -> None:
    """An OrderedDict keeps its order in a list of its own, which plain dict operations do not know."""
    if list(container) != [key for key, _ in items]:
        OrderedDict.clear(container)
    for key, value in items:
        OrderedDict.__setitem__(container, key, value)


def _restore_weak(container: MutableMapping[Any, Any], items: list[tuple[Any, Any]]) -> None:
    container.clear()
    container.update(items)


def _restore_sequence(container: Any, values: list[Any]) -> None:
    if len(container) != len(values) or any(a is not b for a, b in zip(container, values, strict=True)):
        container.clear()
        container.extend(values)


def _restore_set(container: Any, members: set[Any]) -> None:
    if container != members:
        container.clear()
        container.update(members)
