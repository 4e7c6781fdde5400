"""A release on probation: after a while without new errors it is permanent; too many, and it goes back.

Errors are counted by whoever sees them: the middleware counts sessions whose handler crashed and requests
that were answered with 500 or above, the health check counts bad answers, the operation the sessions whose
`upgraded` raised before the probation began. The number is looked at again and
again, because a counter that is bumped on every error must cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from enum import Enum

from .clock import Clock

__all__ = ["Probation", "Tally", "Verdict"]

_LOOKS = 100
"""How many times the errors are counted during a probation."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many errors of each kind there have been."""

    sessions: int = 0
    """Sessions that ended because their handler raised."""
    responses: int = 0
    """Requests that were answered with 500 or above, or whose handler raised."""
    checks: int = 0
    """Health checks that were not passed."""
    untold: int = 0
    """Sessions whose `upgraded` raised."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.sessions + self.responses + self.checks + self.untold

    def since(self, before: Tally) -> Tally:
        """What has come on top of `before`."""
        return Tally(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))

    def __str__(self) -> str:
        parts = (
            f"{self.sessions} crashed session(s)",
            f"{self.responses} failed request(s)",
            f"{self.checks} failed health check(s)",
            f"{self.untold} failed upgraded()",
        )
        return ", ".join(part for part in parts if not part.startswith("0 ")) or "no errors"


class Verdict(Enum):
    """How a probation ends."""

    PASSED = "passed"
    TOO_MANY_ERRORS = "too many errors"


@dataclass(frozen=True, slots=True)
class Probation:
    """How long, and how many errors are too many."""

    seconds: float
    errors_allowed: int
    errors: Callable[[], Tally]
    """The errors since the start of the process."""
    clock: Clock
    untold: int = 0
    """The sessions whose `upgraded` has raised already; they count."""

    async def watch(self) -> tuple[Verdict, Tally]:
        """Return when the time is over, or as soon as there are more new errors than allowed; with these."""
        began, before = self.clock.now(), self.errors()
        while self.clock.now() - began < self.seconds:
            await self.clock.pause(self.seconds / _LOOKS)
            found = self._since(before)
            if found.total > self.errors_allowed:
                return Verdict.TOO_MANY_ERRORS, found
        return Verdict.PASSED, self._since(before)

    def _since(self, before: Tally) -> Tally:
        return replace(self.errors().since(before), untold=self.untold)
