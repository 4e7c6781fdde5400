"""Which of the points of an upgrade are tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tests.faults.parts import Attempt
from tests.faults.points import Kind, Point, row_of

__all__ = ["attempts_at", "chosen_points"]


def chosen_points(
    found: Sequence[Point], *, lines: bool = False, turns: bool = False, every: int = 1
) -> list[Point]:
    """Every point; of those that are alike, the first, the second and the last.

    Alike are the times at one place where others only get a turn, since their number depends on time, and
    those in tasks, of which every session has one. With `turns` all of these, with `lines` the first time at
    each line of the commit instead. `every` takes every N-th of a row.
    """
    if lines:
        return [point for point in found if point.kind is Kind.LINE and not point.occurrence][::every]
    times = Counter(replace(point, occurrence=0) for point in found)
    of_all = [point for point in found if turns or _stands_for_others(point, times)]
    return _every([point for point in of_all if point.kind is not Kind.LINE], every)


def _stands_for_others(point: Point, times: Counter[Point]) -> bool:
    if not point.kind.suspends or (point.waits and point.kind is not Kind.TASK):
        return True
    return point.occurrence in (0, 1, times[replace(point, occurrence=0)] - 1)


def _every(points: Sequence[Point], step: int) -> list[Point]:
    """Every `step`-th point of each phase and kind, the first of each at least."""
    seen: Counter[tuple[str, str]] = Counter()
    chosen = []
    for point in points:
        row = row_of(point)
        if seen[row] % step == 0:
            chosen.append(point)
        seen[row] += 1
    return chosen


def attempts_at(points: Sequence[Point], sample: int | None = None) -> list[Attempt]:
    """Every fault at every point; a sample of so many has every place of the code and every fault in it."""
    if sample is None:
        return [(point, fault) for point in points for fault in point.faults]
    places = [point for point in points if not point.occurrence]
    attempts = [(point, point.faults[i % len(point.faults)]) for i, point in enumerate(places)]
    step = max(1, len(attempts) // sample)
    return attempts[::step][:sample]
