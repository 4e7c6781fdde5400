"""The entries that a definition has in tables of the release, while its statement runs again.

A registry may refuse what it has already (`assert key not in registry`). A definition that is made anew is
not in it yet, as in a fresh start: its entries are taken out of the tables, the statement runs, and what it
did not enter again comes back. Every entry keeps its position.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from .functions import functions_under
from .held_by import is_of_module
from .holders import namespace_of
from .journal import Journal
from .order import put_in_order

__all__ = ["Registrations"]

_Parts = frozenset[int]
"""The ids of a definition and of what is in it."""
_PLAIN = frozenset(
    {str, bytes, int, float, bool, type(None), type, FunctionType, BuiltinFunctionType, MethodType}
)


class Registrations:
    """Which tables hold functions, classes and methods; looked through once, when first asked."""

    def __init__(self, journal: Journal, tables: Collection[int] = ()) -> None:
        """`tables` are ids of containers whose contents the journal remembers; it alone may hold them."""
        self._journal = journal
        self._tables = tables
        self._ids: dict[int, set[int]] | None = None
        """By positions among the journal's containers: the ids of what their entries stand for."""

    @contextmanager
    def taken_out(self, definition: object, qualname: str) -> Iterator[None]:
        """No table has an entry for the definition, or for a function in it, until the body has run."""
        kept = _parts(definition, qualname)  # held as long as their ids count
        parts = frozenset(map(id, kept))
        put_back = [_take(table, parts) for table in self._holders(parts)]
        try:
            yield
        finally:
            for put in put_back:
                put()

    def _holders(self, parts: _Parts) -> list[Any]:
        if self._ids is None:
            tables = enumerate(self._journal.containers)
            self._ids = {at: _ids(t) for at, t in tables if id(t) in self._tables and not is_of_module(t)}
        found = [at for at, ids in self._ids.items() if not parts.isdisjoint(ids)]
        return [self._journal.containers[at] for at in found]


def _ids(table: Any) -> set[int]:
    """The ids of what the entries stand for or tell of; C code goes through them, for there may be many."""
    found: set[int] = set()
    _add(found, table)
    if isinstance(table, dict):
        values = dict.values(table)
        _add(found, values)
        for value in [value for value in values if type(value) not in _PLAIN]:
            _add(found, _within(value))
    return found


def _add(found: set[int], entries: Collection[object]) -> None:
    found.update(map(id, entries))
    if MethodType in map(type, entries):
        found.update(part for entry in entries for part in _stands_for(entry))


def _within(value: object) -> Collection[object]:
    """What the value of a key may have inside: a pair, or an object that was made round a function."""
    return value if type(value) is tuple else namespace_of(value).values()


def _stands_for(value: object) -> tuple[int, ...]:
    if type(value) is MethodType:
        return id(value.__self__), id(value.__func__)
    return (id(value),)


def _is_for(value: object, parts: _Parts) -> bool:
    return any(part in parts for part in _stands_for(value))


def _tells_of(value: object, parts: _Parts) -> bool:
    return type(value) not in _PLAIN and any(_is_for(part, parts) for part in list(_within(value)))


def _parts(definition: object, qualname: str) -> list[object]:
    """A class and its functions, or a function and what its decorators made; nothing for what is neither."""
    if isinstance(definition, type):
        values = list(definition.__dict__.values())
        found = [one for value in values for one in functions_under(value)]
        return [definition, *(one for one in found if one.__qualname__.startswith(f"{qualname}."))]
    own = [one for one in functions_under(definition) if one.__qualname__ == qualname]
    return [definition, *own] if own else []


def _take(table: Any, parts: _Parts) -> Callable[[], object]:
    """Take out what is for the definition; returns what puts it back.

    The journal remembers the whole table: one that is the same in the end was never changed.
    """
    if isinstance(table, dict):
        return _take_entries(table, parts)
    return _take_items(table, parts) if isinstance(table, list) else _take_members(table, parts)


def _take_entries(table: dict[Any, Any], parts: _Parts) -> Callable[[], object]:
    order = list(table)
    items = list(dict.items(table))
    taken = {k: v for k, v in items if _is_for(k, parts) or _is_for(v, parts) or _tells_of(v, parts)}
    for key in taken:
        dict.__delitem__(table, key)

    def put_back() -> None:
        dict.update(table, {key: value for key, value in taken.items() if key not in table})
        put_in_order(table, order)

    return put_back


def _take_items(table: list[Any], parts: _Parts) -> Callable[[], object]:
    """What is appended takes the places of what was taken out; what is inserted stays where it is."""
    before = list(table)
    taken = [item for item in before if _is_for(item, parts)]
    table[:] = rest = [item for item in before if not _is_for(item, parts)]

    def put_back() -> None:
        if not _starts_with(table, rest):
            table.extend(_not_entered(table, rest, taken))
            return
        entered, kept = table[len(rest) :], iter(rest)
        table[:] = [
            *(_entered(one, entered) if _is_for(one, parts) else next(kept) for one in before),
            *entered,
        ]

    return put_back


def _entered(item: object, entered: list[object]) -> object:
    """What was entered in the item's place, which is taken off the list; else the item itself."""
    found = (index for index, other in enumerate(entered) if _name(other) == _name(item))
    index = next(found, None)
    return item if index is None else entered.pop(index)


def _not_entered(table: Iterable[object], rest: Iterable[object], taken: Iterable[object]) -> list[object]:
    """What was taken out and has not been entered again."""
    known = set(map(id, rest))
    entered = [item for item in table if id(item) not in known]
    return [item for item in taken if _entered(item, entered) is item]


def _name(item: Any) -> tuple[type, str | None]:
    kind = type(item)
    named = issubclass(kind, type | FunctionType | MethodType)
    return kind, item.__qualname__ if named else None


def _starts_with(table: Sequence[object], rest: Sequence[object]) -> bool:
    return len(table) >= len(rest) and all(a is b for a, b in zip(table, rest, strict=False))


def _take_members(table: set[Any], parts: _Parts) -> Callable[[], object]:
    taken = [member for member in table if _is_for(member, parts)]
    table.difference_update(taken)
    rest = list(table)

    def put_back() -> None:
        table.update(_not_entered(table, rest, taken))

    return put_back
