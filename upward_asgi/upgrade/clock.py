"""The clock and the time limits of an upgrade: every wait has a name, and a number that can be set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

import anyio

__all__ = ["Clock", "MonotonicClock", "Timeouts"]


class Clock(Protocol):
    """Where the engine gets its time from; tests pass one that they move by hand."""

    def now(self) -> float:
        """Seconds since some fixed moment, never going back."""
        ...

    async def pause(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...


class MonotonicClock:
    """The system's monotonic clock: a change of the wall clock moves no limit."""

    def now(self) -> float:
        """Seconds, as `time.monotonic` counts them."""
        return time.monotonic()

    async def pause(self, seconds: float) -> None:
        """Let the other tasks run for `seconds`."""
        await anyio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each wait of an upgrade may take, in seconds."""

    given_up_seconds: float = 30.0
    """Before an operation begins: the end of work in threads that an earlier one gave up at its limit."""
    verify_seconds: float = 60.0
    """Reading the releases' trees and comparing them with their records."""
    plan_seconds: float = 120.0
    """Making the appup and compiling the new code, off the loop; transforms run here."""
    import_seconds: float = 60.0
    """Importing the release from scratch in a clean interpreter."""
    rehearsal_seconds: float = 60.0
    """The whole upgrade in the forked copy of the process."""
    settle_seconds: float = 1.0
    """The moment a plain handler in the middle of a message gets to leave a changed function; past it, it
    drains, and new work is held back from everybody else who is waited for."""
    quiesce_seconds: float = 10.0
    """Waiting until no changed function is in the way."""
    quiesce_every_seconds: float = 0.005
    """Between two looks at the stacks: no event says that a frame has gone."""
    slice_seconds: float = 0.004
    """How long the event loop is held at a stretch by work that is done for every session."""
    commit_seconds: float = 10.0
    """One slice of the commit, in which nothing else runs: user code that hangs there is interrupted, and all
    is undone; 0: no limit."""
    restart_seconds: float = 30.0
    """The new handlers of changed `@upgradable` sessions coming as far as waiting for a message; past it, all
    is undone, and the old ones get as long to take over again."""
    upgraded_seconds: float = 10.0
    """Telling the sessions, after the commit, that they were upgraded."""
    leftovers_seconds: float = 10.0
    """Looking, after the result, for what still reaches old code; past it the report says that the look was
    cut short; 0: no look."""
    store_seconds: float = 30.0
    """Writing down in the store, after the result, how a release did."""
    operation_seconds: float = 900.0
    """The whole operation up to its result: the limit behind the others, should a wait outlast its own."""
    probation_seconds: float = 600.0
    """How long a release runs without new errors before it becomes permanent; 0 leaves that to people."""
    health_seconds: float = 5.0
    """An answer of the application's health check, while a release is on probation."""
    health_every_seconds: float = 5.0
    """Between two health checks."""
