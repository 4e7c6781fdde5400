"""What a state holds, remembered so that a `code_change` that changed it in place can be undone.

Not a copy: the state that `code_change` gets is the living one, because it refers to rooms, locks and sockets
that must not be doubled. Remembered are the contents of the state object itself and of the lists, dicts,
sets, deques, bytearrays and data objects (dataclass, pydantic, attrs) below it; they are put back *into the
same objects*. Since nothing else runs between the two, what was remembered is what was there. Objects of
other classes below the state are not looked into: a `code_change` that changes a shared hub by
calling its methods is not undone.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable

from .defaults import is_data

__all__ = ["Snapshot"]

_ATOMS = (str, bytes, int, float, complex, bool, type(None), type)


class Snapshot:
    """The contents of the objects that `remember` was given, each object once."""

    def __init__(self) -> None:
        self._seen: dict[int, object] = {}
        self._restore: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._restore)

    def remember(self, state: object) -> None:
        """Remember what `state` holds now."""
        todo: list[object] = [state]
        if id(state) not in self._seen:
            self._remember_attributes(state, todo)
        while todo:
            value = todo.pop()
            # The object is kept in `_seen`, so its id cannot be taken by another one.
            if isinstance(value, _ATOMS) or id(value) in self._seen:
                continue
            self._seen[id(value)] = value
            todo.extend(self._remember_one(value))

    def remember_attributes(self, holder: object) -> None:
        """Remember which attributes `holder` has, without looking into them."""
        attributes = getattr(holder, "__dict__", None)
        if isinstance(attributes, dict):
            self._remember_dict(attributes)

    def restore(self) -> None:
        """Put everything back as it was remembered."""
        for restore in reversed(self._restore):
            restore()

    def _remember_one(self, value: object) -> Iterable[object]:
        kind = type(value)
        if kind in (dict, OrderedDict, defaultdict):
            return self._remember_dict(value)  # type: ignore[arg-type]
        if kind in (list, deque, bytearray):
            return self._remember_sequence(value)  # type: ignore[arg-type]
        if kind is set:
            return self._remember_set(value)  # type: ignore[arg-type]
        if kind in (tuple, frozenset):
            return value  # type: ignore[return-value]
        below: list[object] = []
        if is_data(value):
            self._remember_attributes(value, below)
        return below

    def _remember_dict(self, value: dict[object, object]) -> Iterable[object]:
        items = dict(value)

        def restore() -> None:
            value.clear()
            value.update(items)

        self._restore.append(restore)
        return items.values()

    def _remember_sequence(self, value: list[object]) -> Iterable[object]:
        items = tuple(value)

        def restore() -> None:
            value.clear()
            value.extend(items)

        self._restore.append(restore)
        return items

    def _remember_set(self, value: set[object]) -> Iterable[object]:
        items = frozenset(value)

        def restore() -> None:
            value.clear()
            value.update(items)

        self._restore.append(restore)
        return items

    def _remember_attributes(self, value: object, below: list[object]) -> None:
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, dict):
            below.extend(self._remember_dict(attributes))
        slots = [(name, getattr(value, name, _UNSET)) for name in _slots(type(value))]
        if slots:
            self._restore.append(lambda: _set_slots(value, slots))
            below.extend(content for _, content in slots)


class _Unset:
    """A slot that holds nothing."""


_UNSET = _Unset()


def _slots(kind: type) -> list[str]:
    names: list[str] = []
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        slots = (slots,) if isinstance(slots, str) else tuple(slots)
        names += [_mangled(base, name) for name in slots if name not in ("__dict__", "__weakref__")]
    return names


def _mangled(base: type, name: str) -> str:
    private = name.startswith("__") and not name.endswith("__")
    return f"_{base.__name__.lstrip('_')}{name}" if private else name


def _set_slots(value: object, slots: list[tuple[str, object]]) -> None:
    for name, content in slots:
        if content is not _UNSET:
            object.__setattr__(value, name, content)
        elif hasattr(value, name):
            object.__delattr__(value, name)
