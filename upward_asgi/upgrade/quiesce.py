"""Waiting until nobody who leaves changed code by himself is still in it; then all sessions are held.

No event says that a frame has gone, so the stacks are looked at again and again. Whoever does not leave
within a moment gets no new work meanwhile (frames that arrive are kept, in order).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import QuiesceTimeout
from .clock import Clock, Timeouts
from .look import Look
from .standers import Patience, Stander

if TYPE_CHECKING:
    from ..sessions import Session, Sessions

__all__ = ["quiesce"]

_NAMED = 5


async def quiesce(sessions: Sessions, look: Look, *, timeouts: Timeouts, clock: Clock) -> tuple[Stander, ...]:
    """Return when nobody who is waited for stands in a changed function; those who stay are returned.

    All sessions are held then, and there is no `await` between the last look and the return: the caller
    lets them go. Raises `QuiesceTimeout` naming who stands where.
    """
    began = clock.now()
    while True:
        await look.around()
        await look.hold()
        found = look.now()
        waited = clock.now() - began
        moment_over = waited >= timeouts.settle_seconds
        waited_for = [one for one in found if _is_waited_for(one, moment_over)]
        if not waited_for:
            return tuple(one for one in found if one.in_changed_code)
        if waited >= timeouts.quiesce_seconds:
            raise _timeout(waited_for, timeouts.quiesce_seconds)
        look.let_go()
        if moment_over:
            sessions.hold(_to_be_held(waited_for))
        # Sessions may come, go and move on meanwhile: all is looked at again.
        await clock.pause(timeouts.quiesce_every_seconds)


def _is_waited_for(one: Stander, moment_over: bool) -> bool:
    if one.patience is Patience.UNTIL_GONE:
        return True
    return one.patience is Patience.A_MOMENT and not moment_over


def _to_be_held(waited_for: Sequence[Stander]) -> list[Session]:
    """Whose new work may wait; not a `busy` section's, which may want its client's answer."""
    found = [one.session for one in waited_for]
    return [session for session in found if session is not None and not session.sections]


def _timeout(waited_for: Sequence[Stander], seconds: float) -> QuiesceTimeout:
    names = "; ".join(str(one) for one in waited_for[:_NAMED])
    more = f" and {len(waited_for) - _NAMED} more" if len(waited_for) > _NAMED else ""
    return QuiesceTimeout(
        expected=f"changed functions and messages to be left within {seconds:g} s (quiesce_seconds)",
        got=names + more,
        do="try again when they are idle, or allow more time; nothing was changed",
    )
