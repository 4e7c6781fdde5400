"""What a state holds, remembered so that a `code_change` that changed it in place can be undone.

Not a copy: the state that `code_change` gets is the living one, because it refers to rooms, locks and sockets
that must not be doubled. Remembered are the contents of the state object itself and of the lists, dicts,
sets, deques, bytearrays and data objects (dataclass, pydantic, attrs) below it; they are put back *into the
same objects*. Since nothing else runs between the two, what was remembered is what was there. Objects of
other classes below the state are not looked into: a `code_change` that changes a shared hub by
calling its methods is not undone.

This runs for every session within one step of the event loop, so what is known of a type is looked up once.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, cast

from .defaults import is_data_type

__all__ = ["Snapshot"]

_ATOMS = frozenset({str, bytes, int, float, complex, bool, type(None), type})
_TABLES = frozenset({dict, OrderedDict, defaultdict})
_SEQUENCES = frozenset({list, deque, bytearray})
_FROZEN = frozenset({tuple, frozenset})


class Snapshot:
    """The contents of the objects that `remember` was given, each object once."""

    def __init__(self) -> None:
        # The objects are kept, so no id can be taken by another one meanwhile.
        self._seen: dict[int, object] = {}
        self._contents: list[tuple[Sequence[Any], Sequence[Any]]] = []
        """Objects and what each of them held, in the order in which they were remembered."""
        self._slots: list[tuple[object, list[tuple[str, object]]]] = []
        self._slots_of: dict[type, tuple[str, ...]] = {}
        self._plain: dict[type, bool] = {}
        self._data_types: dict[type, bool] = {}

    def __len__(self) -> int:
        return sum(len(values) for values, _ in self._contents) + len(self._slots)

    def remember(self, state: object) -> None:
        """Remember what `state` holds now."""
        if self.remember_plain(type(state), (state,)):
            return
        todo: list[object] = []
        self._remember(state, todo, is_state=True)
        while todo:
            self._remember(todo.pop(), todo)

    def remember_attributes(self, holder: object) -> None:
        """Remember which attributes `holder` has, without looking into them."""
        attributes = getattr(holder, "__dict__", None)
        if attributes is not None:
            self._contents.append(((attributes,), (attributes.copy(),)))

    def remember_plain(self, kind: type, states: Sequence[Any]) -> bool:
        """Remember states of this type that refer to nothing but atoms, the usual ones; False of any others.

        Much of a commit's time goes by here. What two sessions share is remembered twice; the first time is
        what is restored last.
        """
        plain = self._plain.get(kind)
        if plain is None:
            plain = self._plain[kind] = _is_plain(kind)
        if not plain:
            return False
        attributes = states if kind is dict else [state.__dict__ for state in states]
        contents = list(map(dict.copy, attributes))
        if not {*map(type, chain.from_iterable(map(dict.values, contents)))} <= _ATOMS:
            return False
        self._contents.append((attributes, contents))
        return True

    def restore(self) -> None:
        """Put everything back as it was remembered."""
        pairs = (zip(*record, strict=True) for record in self._contents)
        for value, contents in reversed([*chain.from_iterable(pairs)]):
            value.clear()
            if type(value) in _SEQUENCES:
                value.extend(contents)
            else:
                value.update(contents)
        for value, slots in reversed(self._slots):
            _set_slots(value, slots)

    def forget(self, at_once: int) -> Iterator[None]:
        """Let go of what was remembered, so many records with each step."""
        self._slots.clear()
        self._seen.clear()
        while self._contents:
            del self._contents[-at_once:]
            yield

    def _remember(self, value: Any, todo: list[object], *, is_state: bool = False) -> None:
        kind = type(value)
        if kind in _ATOMS or id(value) in self._seen:
            return
        self._seen[id(value)] = value
        if kind in _TABLES:
            self._remember_table(value, todo)
        elif kind in _SEQUENCES or kind is set:
            contents = tuple(value)
            self._contents.append(((value,), (contents,)))
            todo.extend(one for one in contents if type(one) not in _ATOMS)
        elif kind in _FROZEN:
            todo.extend(one for one in value if type(one) not in _ATOMS)
        elif is_state or self._is_data(kind):
            self._remember_object(kind, value, todo)

    def _remember_table(self, table: dict[object, object], todo: list[object]) -> None:
        contents = dict(table)
        self._contents.append(((table,), (contents,)))
        todo.extend(value for value in contents.values() if type(value) not in _ATOMS)

    def _remember_object(self, kind: type, value: object, todo: list[object]) -> None:
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, dict):
            self._remember_table(attributes, todo)
        names = self._slots_of.get(kind)
        if names is None:
            names = self._slots_of[kind] = _slots(kind)
        if names:
            slots = [(name, getattr(value, name, _UNSET)) for name in names]
            self._slots.append((value, slots))
            todo.extend(content for _, content in slots)

    def _is_data(self, kind: type) -> bool:
        found = self._data_types.get(kind)
        if found is None:
            found = self._data_types[kind] = is_data_type(kind)
        return found


def _is_plain(kind: type) -> bool:
    """True for objects whose attributes are all in their dictionary, and for dicts."""
    return kind is dict or (
        kind.__dictoffset__ != 0 and not issubclass(kind, type | OrderedDict) and not _slots(kind)
    )


class _Unset:
    """A slot that holds nothing."""


_UNSET = _Unset()


def _slots(kind: type) -> tuple[str, ...]:
    names: list[str] = []
    for base in kind.__mro__:
        slots = cast("str | tuple[str, ...]", vars(base).get("__slots__", ()))
        slots = (slots,) if isinstance(slots, str) else tuple(slots)
        names += [_mangled(base, name) for name in slots if name not in ("__dict__", "__weakref__")]
    return tuple(names)


def _mangled(base: type, name: str) -> str:
    private = name.startswith("__") and not name.endswith("__")
    return f"_{base.__name__.lstrip('_')}{name}" if private else name


def _set_slots(value: object, slots: list[tuple[str, object]]) -> None:
    for name, content in slots:
        if content is not _UNSET:
            object.__setattr__(value, name, content)
        elif hasattr(value, name):
            object.__delattr__(value, name)
