"""Places in the source that running code remembers: `(file, line)`, where a closure or a module keeps it.

A library may note where one of its own calls stands, as `traceback` tells it, to know that call again in the
traceback of an error (pyparsing tells so whether a parse action wants fewer arguments). When its code gets
the file and lines of a new release, such a place follows, or the call would not be known again. It follows
where the code that stands there is the same in both releases, so that the line is known exactly; the others
stay as they are, for the proof to judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from traceback import FrameSummary
from types import CodeType, FunctionType
from typing import Any

from ..appup.codes import CodePairs, same_code
from .journal import Journal

__all__ = ["follow_code_places"]


def follow_code_places(
    journal: Journal, namespace: dict[str, Any], functions: Collection[FunctionType], pairs: CodePairs
) -> None:
    """Let what the module and its functions remember of their own source follow to the new release.

    To be called before the functions get their new code: the old one tells the old file.
    """
    files = {function.__code__.co_filename for function in functions}
    for name, value in list(namespace.items()):
        place = _moved(value, files, pairs)
        if place is not None:
            journal.set_item(namespace, name, place)
    for cell in {id(cell): cell for f in functions for cell in f.__closure__ or ()}.values():
        place = _moved(_contents(cell), files, pairs)
        if place is not None:
            journal.set_attribute(cell, "cell_contents", place)


def _moved(value: object, files: set[str], pairs: CodePairs) -> object | None:
    """The place in the new release; None for what is no place, or none that is known there."""
    if type(value) is FrameSummary:
        at = _new_place(value.filename, value.lineno, files, pairs)
        return None if at is None else _summary(value, *at)
    if type(value) is tuple and len(value) == 2:
        return _new_place(*value, files, pairs)
    return None


def _new_place(file: object, line: object, files: set[str], pairs: CodePairs) -> tuple[str, int] | None:
    if type(file) is not str or type(line) is not int or file not in files:
        return None
    for pair in pairs.pairs:
        if pair.old.co_firstlineno > line or not same_code(pair.old, pair.new):
            continue
        for before, after in zip(_lines(pair.old), _lines(pair.new), strict=True):
            if before == line and after is not None:
                return pair.new.co_filename, after
    return None


def _lines(code: CodeType) -> Iterator[int | None]:
    """The line of each instruction."""
    return (position[0] for position in code.co_positions())


def _summary(old: FrameSummary, file: str, line: int) -> FrameSummary:
    new = FrameSummary(file, line, old.name, lookup_line=False)
    new.locals = old.locals  # words already: given to the constructor they would be quoted again
    return new


def _contents(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None
