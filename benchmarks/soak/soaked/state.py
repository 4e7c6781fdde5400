"""What the service remembers of a session; every other release has one field more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from upward_asgi import Down, code_change

SHAPE = "single"
ASKED = count()
"""Drawn from by bad releases: so one that fails for every fourth session fails for sure."""


@dataclass
class Tally:
    """How many messages the session has had."""

    count: int = 0
    # one field more

    def add(self) -> int:
        """Count one more message."""
        self.count += 1
        # and what goes with it
        return self.count

    @property
    def whole(self) -> bool:
        """False when an upgrade, or the way back, left the fields in disagreement."""
        doubled = vars(self).get("doubled")
        return doubled is None if SHAPE == "single" else doubled == 2 * self.count


@code_change(Tally)
def change(old_vsn, tally, extra):
    """Change the tally in place, so that only a true undo brings it back."""
    if (SHAPE == "double") != isinstance(old_vsn, Down):
        tally.doubled = 2 * tally.count
    else:
        del tally.doubled
    # here a bad release goes wrong
    return tally
