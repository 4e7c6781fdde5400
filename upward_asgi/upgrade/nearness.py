"""With many sessions the patch looks near the modules only, if the rehearsal showed that this is enough.

The heap of a service with 10,000 sessions has a million objects, and one pass over it holds the event loop
for longer than the whole commit may. See `patch.heap` and `patch.near`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..sessions import Sessions
    from .hop import Step
    from .rehearsal_result import Rehearsal

__all__ = [
    "MANY",
    "has_many",
    "heap_size",
    "let_the_young_grow_old",
    "only_young_collections",
    "trust_the_near_look",
]

MANY = 500
"""From this number of sessions on the near look is tried; below, a look at the whole heap costs little."""
_NEVER = 1_000_000_000
_QUARTER_MORE = 1.25


def has_many(sessions: Sessions) -> bool:
    """True when a look at the whole heap would cost more than the commit."""
    return len(sessions) >= MANY


def trust_the_near_look(steps: Sequence[Step], rehearsal: Rehearsal) -> None:
    """Let those patches look near which missed nothing so in the copy, which also counted the objects."""
    from ..patch import Reach

    _collection.size = rehearsal.objects
    for step in steps:
        if rehearsal.missed.get(step.hop.new.version) == ():
            step.prepared.reach = Reach.NEAR


def let_the_young_grow_old() -> None:
    """Put what the commit made among the old objects, at once, instead of having it looked through now.

    A collection of half a million new states would hold the loop for as long as a whole slice may not.
    """
    if gc.get_freeze_count() == 0:  # else somebody froze objects of his own, which are to stay so
        gc.freeze()
        gc.unfreeze()


@contextmanager
def only_young_collections(*, wanted: bool) -> Iterator[None]:
    """What is born in this context stays in the younger generations, where a patch finds it at once.

    The youngest is still collected; a full collection of a million objects would hold the loop anyway.
    """
    before = gc.get_threshold()
    if wanted:
        gc.set_threshold(before[0], _NEVER, _NEVER)
    try:
        yield
    finally:
        if wanted:
            gc.set_threshold(*before)
            _collection.make_if_due()


class _Collection:
    """The full collections that Python does not know to be due.

    It makes one when the objects that grew old are a quarter of those that lived through the last one. What
    `gc.unfreeze` makes old at once is not counted there, so in a service that is upgraded often
    whatever ended in circles, connections for instance, would wait for ever.
    """

    def __init__(self) -> None:
        self.size = 0
        """How many objects the last rehearsal found. To count them here would hold the event loop."""
        self._lived_through = 0

    def make_if_due(self) -> None:
        """Make one when the heap has grown by a quarter since the last."""
        if not self._lived_through:
            self._lived_through = self.size
        if self.size > _QUARTER_MORE * self._lived_through:
            gc.collect()
            self._lived_through = 0  # the next rehearsal tells


_collection = _Collection()


def heap_size() -> int:
    """How many objects the collector knows, without making a list of them; takes 20 ms for a million."""
    gc.freeze()
    try:
        return gc.get_freeze_count()
    finally:
        gc.unfreeze()
