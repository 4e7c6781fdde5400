"""What every cell of the matrix must show after each operation."""

from __future__ import annotations

from collections.abc import Iterator

from .catalogue import Kind
from .matrix import BACK_TO_FIRST, BACK_TO_HELPER, Cell
from .releases import CRASHES, FIRST, HANDLERS, HELPER

__all__ = ["PHASES", "faults_of", "way_of"]

PHASES = (FIRST, HELPER, HANDLERS, CRASHES, BACK_TO_HELPER, BACK_TO_FIRST)
_RUNS = {FIRST: 1, HELPER: 1, HANDLERS: 2}
"""Runs of a restarted handler, as long as no release crashed: from then on they are at least so many."""


def way_of(cell: Cell) -> str:
    """How the session lives through the release that changes its handler."""
    if not cell.shape.restarts:
        return "live"
    return "restart" if cell.marked else "drain"


def faults_of(cell: Cell) -> Iterator[str]:
    """Everything about a cell that is not as it should be."""
    yield from cell.faults
    for phase in PHASES:
        seen = cell.phases[phase]
        if not seen.answer:
            yield f"{phase}: no answer"
            continue
        for what, got, wanted in _shown(cell, phase):
            if got != wanted:
                yield f"{phase}: {what} {got!r} instead of {wanted!r}"


def _shown(cell: Cell, phase: str) -> Iterator[tuple[str, object, object]]:
    seen, way = cell.phases[phase], way_of(cell)
    on_new_handlers = phase in (HANDLERS, CRASHES)
    yield "word", seen.answer["word"], "one" if phase in (FIRST, BACK_TO_FIRST) else "two"
    yield "voice", seen.answer["voice"], "second" if on_new_handlers and way != "drain" else "first"
    yield "way", seen.way, "drain" if on_new_handlers and way == "drain" else "live"
    yield "mark", seen.answer.get("mark"), _mark_of(cell, phase)
    if way != "restart":
        yield "run", seen.answer["run"], 1
    elif phase in _RUNS:
        yield "run", seen.answer["run"], _RUNS[phase]
    else:
        # One more for each time that it was ended, also by the release that was taken back.
        yield "restarted", seen.answer["run"] > _RUNS[HANDLERS], True
    if cell.shape.kind is not Kind.EVENTS:
        yield "state", seen.answer["count"], seen.answer["n"] + 1


def _mark_of(cell: Cell, phase: str) -> object:
    """What `code_change` has written into the state: nothing for a session that stays in its old frame."""
    if phase not in (HANDLERS, CRASHES) or way_of(cell) == "drain":
        return None
    return f"from {HELPER}"
