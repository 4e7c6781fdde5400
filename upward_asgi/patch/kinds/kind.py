"""What every kind of class answers."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from ...appup.diff import Change
from ..in_use import Gone
from ..journal import Journal

__all__ = ["Kind", "is_field", "is_field_or_decorated", "touches"]


@dataclass(frozen=True)
class Kind:
    """The rules for one kind of class; this base has those of a class that nobody generates code for."""

    own: frozenset[str] = frozenset()
    """Attributes that the rule in `become` takes care of itself."""

    def applies(self, cls: type) -> bool:
        """True when the live class is of this kind."""
        return False

    def shapes(self, change: Change) -> bool:
        """True when the change of a body's statement calls for making the class again."""
        return False

    def generated(self, cls: type) -> frozenset[str]:
        """Attributes that making the class adds, which go when the new making does not add them."""
        return frozenset()

    def fields(self, cls: type) -> frozenset[str]:
        """The names of the class's fields, for a kind that has fields."""
        return frozenset()

    def gone(self, old: type, new: type) -> Iterable[Gone]:
        """What belongs to `old` and has no counterpart in `new`; asked before `become`."""
        return ()

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        """What else is to be done after `old`, which `had` these fields, took over what `new` has."""

    def fill(self, journal: Journal, cls: type, had: frozenset[str]) -> None:
        """Give live instances of a class that `had` these fields the ones that it gained."""

    def settle(self, journal: Journal, cls: type) -> None:
        """What else is to be done for a class that was made again, once every statement has run."""


def is_field(change: Change) -> bool:
    """True for a class body's annotation or assignment: what dataclasses and their like make fields of."""
    statement = change.new or change.old
    return (
        statement is not None
        and isinstance(
            statement.node,
            ast.AnnAssign | ast.Assign | ast.If | ast.For | ast.Try | ast.With | ast.Expr | ast.ClassDef,
        )
        and not statement.is_text
    )


def is_field_or_decorated(change: Change) -> bool:
    """The same, and for decorated methods: pydantic makes validators and serializers of them."""
    statement = change.new or change.old
    return is_field(change) or (statement is not None and statement.decorated)


def touches(statement_names: frozenset[str], change: Change) -> bool:
    """True when the change touches one of the named methods."""
    statement = change.new or change.old
    return statement is not None and not statement_names.isdisjoint(statement.binds)
