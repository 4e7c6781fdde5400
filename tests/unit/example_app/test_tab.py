"""The demonstration's bookkeeping: a lost, doubled or reordered message does not go unnoticed."""

from __future__ import annotations

import pytest

from example_app.tab import Tab


def booked(acknowledged: list[int], *, ticks: tuple[int, ...] = (1, 2), claps: int | None = None) -> Tab:
    """A tab that sent messages 1, 2 and 3, and got these answers and ticks."""
    counted = len(acknowledged) if claps is None else claps
    return Tab("ws://nowhere", 3, acknowledged, list(ticks), visitor={"claps": counted})


def test_nothing_is_wrong_when_every_answer_comes_once_and_in_order() -> None:
    """Each number once, each tick once: nothing lost, doubled or reordered."""
    tab = booked([1, 2, 3])
    assert (tab.lost, tab.doubled, tab.reordered) == (0, 0, 0)


@pytest.mark.parametrize(
    ("tab", "wrong"),
    [
        (booked([1, 3]), (1, 0, 0)),
        (booked([1, 2, 3], ticks=(1, 2, 4)), (1, 0, 0)),
        (booked([1, 2, 2, 3], claps=3), (0, 1, 0)),
        (booked([1, 2, 3], claps=4), (0, 1, 0)),
        (booked([2, 1, 3]), (0, 0, 1)),
        (booked([1, 2, 3], ticks=(2, 1)), (0, 0, 1)),
    ],
    ids=["lost", "lost tick", "answered twice", "counted twice", "reordered", "reordered tick"],
)
def test_what_went_wrong_is_counted(tab: Tab, wrong: tuple[int, int, int]) -> None:
    """Lost, doubled and reordered are told apart."""
    assert (tab.lost, tab.doubled, tab.reordered) == wrong
