"""What the page says of a run."""

from __future__ import annotations

from tests.faults.attempt import Outcome
from tests.faults.page import page
from tests.faults.points import Fault, Kind, Point, row_of

FIRST = Point(Kind.UNDO, "upgrade/commit.py:Commit._judge", "quiesced", 0)
SECOND = Point(Kind.UNDO, "upgrade/commit.py:Commit._judge", "quiesced", 1)
OLD = Outcome(wholly="old", state="rolled_back")


def _row(*results: tuple[Point, Fault, Outcome]) -> list[str]:
    text = page([FIRST, SECOND], [FIRST, SECOND], results)
    row = next(line for line in text.splitlines() if line.startswith("| quiesced"))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_a_fault_that_did_not_happen_is_counted_apart() -> None:
    """What was not reached shows in a column of its own, and in no other."""
    cells = _row(
        (FIRST, Fault.RAISE, OLD),
        (SECOND, Fault.RAISE, Outcome(wholly="new", state="succeeded", reached=False)),
    )
    assert cells == ["quiesced", "undo entry of the commit", "1 × old, rolled_back", "—", "—", "—", "1"]


def test_what_went_wrong_shows_also_where_no_fault_happened() -> None:
    """An upgrade that leaves sessions between two releases is not hidden by a fault that never came."""
    cells = _row((FIRST, Fault.RAISE, Outcome(reached=False, wrong=["neither"])))
    assert cells[2] == "1 × **neither**"


def test_a_row_is_a_phase_and_a_kind() -> None:
    """By these a test knows whether the page is that of an upgrade of today."""
    assert row_of(FIRST) == ("quiesced", "undo entry of the commit")
