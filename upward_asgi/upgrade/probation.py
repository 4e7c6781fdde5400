"""A release on probation: after a while without new errors it is permanent; too many, and it goes back.

Errors are counted by whoever sees them (the middleware: handlers that crash, responses of 500 and above); the
number is looked at again and again, because a counter that is bumped on every error must cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .clock import Clock

__all__ = ["Probation", "Verdict"]

_LOOKS = 100
"""How many times the errors are counted during a probation."""


class Verdict(Enum):
    """How a probation ends."""

    PASSED = "passed"
    TOO_MANY_ERRORS = "too many errors"


@dataclass(frozen=True, slots=True)
class Probation:
    """How long, and how many errors are too many."""

    seconds: float
    errors_allowed: int
    errors: Callable[[], int]
    """How many errors there have been since the start of the process."""
    clock: Clock

    async def watch(self) -> Verdict:
        """Return when the time is over, or as soon as there are more new errors than allowed."""
        began, before = self.clock.now(), self.errors()
        while self.clock.now() - began < self.seconds:
            await self.clock.pause(self.seconds / _LOOKS)
            if self.errors() - before > self.errors_allowed:
                return Verdict.TOO_MANY_ERRORS
        return Verdict.PASSED
