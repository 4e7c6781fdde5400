"""How a point of an upgrade is known again in another upgrade, which need not go the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.faults.points import Fault, Injected, Kind, Point
from tests.faults.recorder import Recorder
from upward_asgi.upgrade.slices import Slices


async def _work(slices: int) -> str:
    """Some slices, however many there are today, and then a wait."""
    sliced = Slices(0.0)
    for _ in range(slices):
        await sliced.turn()
    await _waits()
    return "done"


async def _waits() -> None:
    await Slices(0.0).turn()


async def _with_tasks(slices: int) -> str:
    """What the work does is done in a task that it starts itself."""
    return await asyncio.create_task(_work(slices))


def _driven(recorder: Recorder, work: Callable[[], Coroutine[Any, Any, str]]) -> str:
    """What `work` returns, watched as an operation is."""

    async def main() -> Any:
        return await recorder.drive(work())

    return str(asyncio.run(main()))


def _points(slices: int) -> list[Point]:
    recorder = Recorder(also=__file__)
    _driven(recorder, lambda: _work(slices))
    return recorder.points


def test_a_point_is_its_place_and_the_time_there() -> None:
    """The n-th time at a place counts from 0; the way there belongs to the place."""
    points = _points(slices=2)
    assert [(point.place.split(" › ")[-2], point.occurrence) for point in points] == [
        ("test_points.py:_work", 0),
        ("test_points.py:_work", 1),
        ("test_points.py:_work", 2),
        ("test_points.py:_work", 3),
        ("test_points.py:_waits", 0),
        ("test_points.py:_waits", 1),
    ]


@pytest.mark.parametrize("slices", [0, 1, 7])
def test_a_point_is_met_whatever_the_number_of_slices_before_it(slices: int) -> None:
    """A fault comes where it was asked for, also when the upgrade took more or fewer turns until there."""
    last = _points(slices=3)[-1]
    recorder = Recorder(last, Fault.RAISE, also=__file__)
    with pytest.raises(Injected):
        _driven(recorder, lambda: _work(slices))
    assert recorder.reached
    assert recorder.points[-1] == last


def test_a_time_that_did_not_come_is_not_reached() -> None:
    """The third slice of an upgrade that has but one: nothing happens, and the recorder says so."""
    third = _points(slices=3)[4]
    recorder = Recorder(third, Fault.RAISE, also=__file__)
    assert _driven(recorder, lambda: _work(1)) == "done"
    assert not recorder.reached


def test_a_phase_makes_another_point_of_the_same_place() -> None:
    """Before and after a transition the sessions are in different states."""
    recorder = Recorder(also=__file__)
    recorder.reach(Kind.UNDO, "here")
    recorder.phase = "quiesced"
    recorder.reach(Kind.UNDO, "here")
    assert [(point.phase, point.occurrence) for point in recorder.points] == [
        ("requested", 0),
        ("quiesced", 0),
    ]


def test_the_awaits_of_a_task_that_the_operation_starts_are_points() -> None:
    """What an operation waits for may be done in tasks of its own: a fault can happen there as well."""
    recorder = Recorder(also=__file__)
    assert _driven(recorder, lambda: _with_tasks(1)) == "done"
    inside = [point for point in recorder.points if "_waits" in point.place]
    assert [point.kind for point in inside] == [Kind.TASK, Kind.TASK]

    recorder = Recorder(inside[0], Fault.RAISE, also=__file__)
    with pytest.raises(Injected):
        _driven(recorder, lambda: _with_tasks(4))
    assert recorder.reached
