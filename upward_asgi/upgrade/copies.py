"""Forked copies of the process, as the event loop sees them: whether there can be one, and how it ended."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from .fork import Fork
    from .fork_outcome import Outcome

__all__ = ["can_fork", "outcome_of"]

T = TypeVar("T")

_GRACE = 10.0
"""Seconds after the child's limit until its end is no longer waited for."""


def can_fork() -> bool:
    """True where a forked copy works; macOS's system libraries do not survive a fork beside threads."""
    return hasattr(os, "fork") and sys.platform != "darwin"


async def outcome_of(fork: Fork[T], timeout: float) -> Outcome[T]:  # noqa: ASYNC109 - the child is killed
    """How the child ended. It is killed at its own limit, and at once when nobody waits for it any more."""
    from .fork_outcome import TimedOut

    try:
        with anyio.move_on_after(timeout + _GRACE):
            return await anyio.to_thread.run_sync(fork.outcome, abandon_on_cancel=True)
        return TimedOut(timeout)
    finally:
        fork.kill()  # the thread reaps it
