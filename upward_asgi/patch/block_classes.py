"""Classes that a conditional statement defines: `try: import fast … except ImportError: class Fast: …`.

Such a block runs as a whole when it changed. What it makes then is paired with what it made before, class by
class, so that these live on like those of the module's top level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..appup.definitions import Statement
from ..appup.diff import Change, Changed, diff_statements
from .former import likeness
from .functions import functions_under
from .module_run import ModuleRun

__all__ = ["class_change"]


def class_change(run: ModuleRun, statement: Statement, cls: type) -> Change | None:
    """The class statement that made the class, with its older self: the statement, or one inside the block.

    None when it is none of them: the class was made by a call, or imported.
    """
    if statement.is_class:
        return run.changes.get(statement.index, Change(Changed.SAME, None, statement))
    return _maker(cls, _block_changes(run, statement))


def _block_changes(run: ModuleRun, statement: Statement) -> tuple[Change, ...]:
    """The class statements inside a block, each with its older self."""
    change = run.changes.get(statement.index)
    if change is None:
        return tuple(Change(Changed.SAME, inner, inner) for inner in statement.classes)
    return diff_statements(change.old.classes if change.old else (), statement.classes)


def _maker(cls: type, changes: Sequence[Change]) -> Change | None:
    """Several statements of one name, in the branches of a block, are told apart by the lines of methods.

    Where none has methods, by the names that they bind.
    """
    named = [(c, c.new) for c in changes if c.new and c.new.binds == (cls.__name__,)]
    if len(named) < 2:
        return named[0][0] if named else None
    lines = frozenset(_lines(cls))
    found = [change for change, statement in named if _spans(statement, lines)]
    return found[0] if found else max(named, key=lambda one: likeness(cls, one[1]))[0]


def _lines(cls: type) -> Iterator[int]:
    inside = f"{cls.__qualname__}."
    for value in cls.__dict__.values():
        codes = (function.__code__ for function in functions_under(value))
        yield from (code.co_firstlineno for code in codes if code.co_qualname.startswith(inside))


def _spans(statement: Statement, lines: frozenset[int]) -> bool:
    end = statement.node.end_lineno or statement.line
    return not lines.isdisjoint(range(statement.line, end + 1))
