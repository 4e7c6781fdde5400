"""What can go wrong in an upgrade, and where: a point is known again in another upgrade by its place.

No two upgrades take the same number of turns: how many slices the sessions are gone through in, and how often
a child is asked whether it has ended, depends on time. So a point is a place, in the phase that the operation
has reached, and the how manieth time it is there; not the how manieth step of the upgrade.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["WAY", "Fault", "Injected", "Kind", "Point", "row_of"]

WAY = " › "
"""Between the functions on the way to a place."""


class Kind(StrEnum):
    """What a point is."""

    AWAIT = "await"
    TASK = "await in a task of its own"
    JOURNAL = "journal entry"
    UNDO = "undo entry of the commit"
    PHASE = "phase transition"
    LINE = "line of the commit"

    @property
    def suspends(self) -> bool:
        """True where the event loop goes on meanwhile."""
        return self in (Kind.AWAIT, Kind.TASK)


class Fault(StrEnum):
    """What happens at a point."""

    RAISE = "raise"
    CANCEL = "cancel"
    HANG = "hang"
    KILL = "kill"


class Injected(RuntimeError):
    """What is raised at a point: nothing that upward_asgi knows."""


@dataclass(frozen=True, slots=True)
class Point:
    """The `occurrence`-th time, from 0, that an operation in this phase comes to a place."""

    kind: Kind
    place: str
    """For an await the functions of ours that are suspended there, outermost first; else one or a line."""
    phase: str
    """The state that the operation had reached."""
    occurrence: int
    waits: bool = True
    """False where nothing can hang: an await that only lets others run for a turn, a phase transition."""

    @property
    def where(self) -> str:
        """The place in short: the innermost function, and who called it."""
        return WAY.join(self.place.split(WAY)[-2:])

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What can happen here."""
        if self.kind is Kind.LINE:
            return (Fault.RAISE,)
        return tuple(fault for fault in Fault if self.waits or fault is not Fault.HANG)


def row_of(point: Point) -> tuple[str, str]:
    """What the table has a row for: a phase, and a kind of point."""
    return point.phase, point.kind.value
