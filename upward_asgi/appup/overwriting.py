"""Statements that set otherwise what a definition has made: `f.__doc__ = f.__doc__.format(NAME)`.

When a function is defined again, its docstring, annotations and defaults are what its definition says;
whoever set them otherwise at import must do so again. What the definition does not set (`f.calls = 0`) may be
live state and stays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .definitions import Statement
from .diff import Change, Changed, diff_statements

__all__ = ["changed_docstring_overwritten", "docstring_overwritten", "overwriting"]

_MADE = ("__doc__", "__annotations__", "__defaults__", "__kwdefaults__")
_DOC = ("__doc__",)


def overwriting(
    statements: Sequence[Statement], definition: Statement, change: Change | None
) -> Iterator[Statement]:
    """The statements of the module that overwrite what `definition` makes anew when it runs."""
    if definition.is_function:
        yield from _setting(statements, definition, definition.binds, _MADE)
    elif definition.is_class and change is not None and change.old is not None and change.old.is_class:
        name = definition.binds[0]
        inner = diff_statements(change.old.body, definition.body)
        changed = (c.new.binds for c in inner if c.how is Changed.TEXT and c.new and c.new.is_function)
        yield from _setting(
            statements, definition, [f"{name}.{n}" for names in changed for n in names], _MADE
        )


def docstring_overwritten(statements: Sequence[Statement], definition: Statement) -> bool:
    """True when a later statement of the module sets another docstring on the function."""
    return any(_setting(statements, definition, definition.binds, _DOC))


def changed_docstring_overwritten(statements: Sequence[Statement], change: Change) -> bool:
    """True when the docstring of a function changed and somebody sets another: it must be defined again."""
    old, new = change.old, change.new
    if old is None or new is None or not (old.is_function and new.is_function):
        return False
    differs = ast.get_docstring(old.node, clean=False) != ast.get_docstring(new.node, clean=False)  # type: ignore[arg-type]
    return differs and docstring_overwritten(statements, new)


def _setting(
    statements: Sequence[Statement], definition: Statement, names: Sequence[str], made: Sequence[str]
) -> Iterator[Statement]:
    wanted = {f"{name}.{attribute}" for name in names for attribute in made}
    for statement in statements[definition.index + 1 :] if wanted else ():
        if not wanted.isdisjoint(statement.effects.mutates):
            yield statement
