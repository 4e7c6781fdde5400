"""The entries that a definition has in tables of the release, while its statement runs again.

A registry may refuse what it has already (`assert key not in registry`). A definition that is made anew is
not in it yet, as in a fresh start: its entries are taken out of the tables, the statement runs, and what it
did not enter again comes back. Every entry keeps its position.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

from .functions import functions_under
from .held_by import is_of_module
from .journal import Journal
from .order import put_in_order

__all__ = ["Registrations"]

_Table = dict[Any, Any]


class Registrations:
    """Which tables hold functions, classes and methods; looked through once, when first asked."""

    def __init__(self, journal: Journal, tables: Collection[int] = ()) -> None:
        """`tables` are ids of dictionaries whose contents the journal remembers; it alone may hold them."""
        self._journal = journal
        self._tables = tables
        self._holding: dict[int, set[int]] | None = None
        """Positions among the journal's containers, by the ids of what their entries stand for."""

    @contextmanager
    def taken_out(self, definition: object) -> Iterator[None]:
        """No table has an entry for the definition, or for a function in it, until the body has run."""
        parts = {id(part): part for part in _parts(definition)}
        taken = [(table, list(table), _take(table, parts)) for table in self._holders(parts)]
        try:
            yield
        finally:
            for table, order, entries in taken:
                missing = {key: value for key, value in entries.items() if key not in table}
                dict.update(table, missing)
                put_in_order(table, order)

    def _holders(self, parts: Iterable[int]) -> list[_Table]:
        if self._holding is None:
            self._holding = self._look()
        positions = {position for part in parts for position in self._holding.get(part, ())}
        return [self._journal.containers[position] for position in sorted(positions)]

    def _look(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for position, table in enumerate(self._journal.containers):
            if id(table) in self._tables and not is_of_module(table):
                for value in dict.values(table):
                    for stood_for in _stands_for(value):
                        found[stood_for].add(position)
        return found


def _take(table: _Table, parts: dict[int, object]) -> _Table:
    entries = {
        key: value for key, value in dict.items(table) if not parts.keys().isdisjoint(_stands_for(value))
    }
    for key in entries:
        dict.__delitem__(table, key)
    return entries


def _stands_for(value: object) -> tuple[int, ...]:
    if type(value) is MethodType:
        return id(value.__self__), id(value.__func__)
    return (id(value),)


def _parts(definition: object) -> list[object]:
    """A class and its functions, or a function and its wrappers; nothing for what is neither."""
    if isinstance(definition, type):
        within = f"{definition.__qualname__}."
        values = list(definition.__dict__.values())
        found = [one for value in values for one in functions_under(value)]
        return [definition, *(one for one in found if one.__qualname__.startswith(within))]
    found = list(functions_under(definition))
    own = [one for one in found if one.__qualname__ == found[-1].__qualname__]
    return [definition, *own] if found else []
