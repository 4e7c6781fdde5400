"""With many sessions a patch makes everything old for the collector; the old must not pile up."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from upward_asgi.patch.heap import Heap, Reach
from upward_asgi.upgrade.nearness import heap_size, only_young_collections, trust_the_near_look
from upward_asgi.upgrade.rehearsal_result import Rehearsal


class Circle:
    """Refers to itself, so only a collection ends it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)
    gc.collect()


def circles() -> int:
    return sum(type(one) is Circle for one in gc.get_objects())


def test_circles_do_not_pile_up(thresholds: tuple[int, int, int]) -> None:
    """However often upgrades follow one another, garbage stays below a share of the heap."""
    gc.collect()
    heap, most = len(gc.get_objects()), 0
    for _ in range(20):
        with only_young_collections(wanted=True):
            trust_the_near_look((), Rehearsal("fork", objects=heap_size()))
            alive = [Circle() for _ in range(heap // 20)]
            with Heap(Reach.NEAR).looking():
                pass
            del alive
        most = max(most, circles())
    assert gc.get_threshold() == thresholds
    assert most < heap / 2


def test_nothing_changes_when_not_wanted(thresholds: tuple[int, int, int]) -> None:
    """With few sessions the collector is left alone."""
    with only_young_collections(wanted=False):
        assert gc.get_threshold() == thresholds
