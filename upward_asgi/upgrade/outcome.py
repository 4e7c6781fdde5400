"""What an error means: for the operation's state, and for the release it was about."""

from __future__ import annotations

from ..errors import (
    CodeChangeError,
    InternalError,
    NotHot,
    NotUndone,
    OperationTimeout,
    QuiesceTimeout,
    ReleaseError,
    StoreCorrupt,
    StoreError,
    TransformError,
    UpgradeFailed,
    UpwardError,
)
from .machine import Event, State

__all__ = ["event_of", "is_the_releases_fault", "reason_of"]


_NAMED = 3
"""Reasons that are remembered of a release that cannot go hot."""


def event_of(reached: State, error: Exception) -> Event:
    """What an error means in the machine's words; the theory is in `machine`."""
    if isinstance(error, NotUndone):
        return Event.BREAK
    if reached in (State.PATCHED, State.MIGRATED, State.QUIESCED):
        return Event.UNDO
    ours = isinstance(error, InternalError) or not isinstance(error, UpwardError)
    unreadable = isinstance(error, StoreError) and not isinstance(error, StoreCorrupt)
    if reached is not State.REHEARSED and isinstance(error, OperationTimeout):
        return Event.BREAK
    if ours or unreadable:
        return Event.BREAK
    return Event.UNDO if reached is State.REHEARSED else Event.REFUSE


def is_the_releases_fault(reached: State, error: Exception) -> bool:
    """True when the release is to be remembered as failed."""
    kinds = (CodeChangeError, NotHot, ReleaseError, TransformError, UpgradeFailed)
    undone = reached in (State.REFUSED, State.ROLLED_BACK)
    return undone and isinstance(error, kinds) and not isinstance(error, QuiesceTimeout | OperationTimeout)


def reason_of(error: Exception) -> str:
    """The reason in one line, as the store remembers it."""
    if not isinstance(error, NotHot):
        return str(error)
    named = "; ".join(str(reason) for reason in error.reasons[:_NAMED])
    more = len(error.reasons) - _NAMED
    return f"cannot go hot: {named}" + (f"; and {more} more" if more > 0 else "")
