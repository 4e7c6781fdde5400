"""Which points stand for others that are like them."""

from __future__ import annotations

import pytest

from tests.faults.chosen import attempts_at, chosen_points
from tests.faults.points import Kind, Point


def _times(kind: Kind, many: int, *, waits: bool) -> list[Point]:
    return [Point(kind, "here", "rehearsed", time, waits) for time in range(many)]


@pytest.mark.parametrize(
    ("kind", "waits", "chosen"),
    [
        (Kind.AWAIT, False, [0, 1, 8]),
        (Kind.AWAIT, True, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (Kind.TASK, True, [0, 1, 8]),
        (Kind.JOURNAL, True, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_the_turns_that_others_get_at_one_place_are_alike(kind: Kind, waits: bool, chosen: list[int]) -> None:
    """The first, the second and the last stand for them; of what is waited for or written all are tried."""
    points = _times(kind, 9, waits=waits)
    assert [point.occurrence for point in chosen_points(points)] == chosen
    assert chosen_points(points, turns=True) == points


def test_of_every_row_there_is_a_point() -> None:
    """However few are tried: each phase and each kind has one."""
    points = [*_times(Kind.JOURNAL, 9, waits=True), *_times(Kind.UNDO, 2, waits=True)]
    assert [(point.kind, point.occurrence) for point in chosen_points(points, every=5)] == [
        (Kind.JOURNAL, 0),
        (Kind.JOURNAL, 5),
        (Kind.UNDO, 0),
    ]


def test_a_sample_takes_places_at_their_first_time() -> None:
    """Later times depend on the pace of the upgrade; the first one comes in every upgrade."""
    points = [*_times(Kind.JOURNAL, 3, waits=True), *_times(Kind.UNDO, 3, waits=True)]
    assert [point.occurrence for point, _ in attempts_at(points, 2)] == [0, 0]


def test_every_fault_that_can_happen_is_tried() -> None:
    """Four at a point where something is waited for, three where nothing can hang."""
    assert len(attempts_at(_times(Kind.AWAIT, 1, waits=True))) == 4
    assert len(attempts_at(_times(Kind.AWAIT, 1, waits=False))) == 3
