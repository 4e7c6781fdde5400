"""The matrix as a page of the documentation: `scripts/handler-shapes`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from .catalogue import SHAPES, Shape
from .expectations import faults_of
from .matrix import Outcome, outcome_of
from .servers import STACKS

__all__ = ["PAGE", "rows"]

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "handler-shapes.md"
_HEAD = """# Shapes of handlers

What was tried: every way of writing a handler below, on every server stack, each with a client that
exchanges numbered messages all the while. The service goes up to a release that changes a helper, on to one
that changes every handler and the state (with a `code_change`), on to one whose handlers crash at once, which
is taken back, and then down again to the first. Each handler is there twice: marked `@upgradable`, which
restarts it, and unmarked, which lets it drain.

"whole" means: nothing lost, doubled or reordered; no connection closed; the state carried over; the way, and
the code that answers after each step, as expected. The state counts each message, so one that was handled
twice, or whose effect was lost, shows.

`scripts/handler-shapes` made this page; `tests/integration/shapes` holds the first of the stacks in CI.

"""


def rows() -> Iterator[tuple[Shape, str]]:
    """The first columns of the table: what the catalogue says."""
    for shape in SHAPES:
        ends = f"restart: {shape.ladder}" if shape.restarts else "live: nothing ends"
        yield shape, f"| `{shape.name}` | {shape.what} | {ends} |"


def _page(outcomes: dict[str, Outcome]) -> str:
    names = [stack.replace("uvicorn, ", "uvicorn<br>") for stack in outcomes]
    lines = [
        f"| shape | what it does | its old handler leaves by | {' | '.join(names)} |",
        "| --- | --- | --- |" + " --- |" * len(names),
    ]
    for shape, start in rows():
        results = [_result(outcome, shape) for outcome in outcomes.values()]
        lines.append(f"{start} {' | '.join(results)} |")
    counted = "; ".join(f"{stack}: {_messages(outcome):,}" for stack, outcome in outcomes.items())
    table = "\n".join(lines)
    return f"{_HEAD}{table}\n\nNumbered messages in this run, by stack: {counted}.\n"


def _result(outcome: Outcome, shape: Shape) -> str:
    cells = [cell for (name, _), cell in outcome.cells.items() if name == shape.name]
    faults = sum(len(list(faults_of(cell))) for cell in cells)
    return f"{faults} faults" if faults else "whole"


def _messages(outcome: Outcome) -> int:
    return sum(cell.messages for cell in outcome.cells.values())


if __name__ == "__main__":
    outcomes = {stack: outcome_of(stack) for stack in STACKS}
    PAGE.write_text(_page(outcomes), "utf-8")
    sys.exit("faults" in PAGE.read_text("utf-8"))
