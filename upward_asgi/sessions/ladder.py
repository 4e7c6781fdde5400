"""The exit ladder of a handler that is to end: a disconnect, a cancel, and at last a fence.

Nobody is cut off in the middle of a send or of a `busy` section. Whoever does not come out of one in time was
not told yet, and stays as he is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import Enum
from typing import Any

from .frames import stack_of
from .run import Run
from .session import Session

__all__ = ["Exit", "descend", "until_sent"]

_LOG = logging.getLogger("upward_asgi.sessions")
STEP_SECONDS = 2.0
"""How long the handler has after the disconnect, and again after the cancel."""
STALL_SECONDS = 5.0
"""How long a send to a client that takes nothing, or a `busy` section, may keep the handler from ending."""
_TURNS = 2
"""Turns of the loop in which nothing is sent, before a disconnect: a task with a queue may send more."""


class Exit(Enum):
    """How it went."""

    ENDED = "ended"
    FENCED = "fenced"
    """It left neither on a disconnect nor on a cancel."""
    STAYS = "stays"
    """It was not told: its client takes no messages, its `busy` section does not end, or time was up."""


async def descend(session: Session, run: Run, task: asyncio.Task[Any]) -> Exit:
    """End the handler's task; its `receive` says disconnect already."""
    if not await _rests(session, task) and not run.told:
        return Exit.STAYS
    await asyncio.wait({task}, timeout=STEP_SECONDS)
    # No await between the last look and the cancel: nothing that is being sent is lost.
    if not await _rests(session, task) and not run.told:
        return Exit.STAYS
    if task.done():
        return Exit.ENDED
    if not (run.ending.is_set() or run.told):
        return Exit.STAYS  # the order was taken back
    run.told = True
    task.cancel()
    await asyncio.wait({task}, timeout=STEP_SECONDS)
    if task.done():
        return Exit.ENDED
    _LOG.error(
        "the handler of session %s left neither on a disconnect nor on a cancel; fenced off:\n%s",
        session.id,
        stack_of(task.get_coro()),
    )
    return Exit.FENCED


async def until_sent(session: Session, run: Run) -> None:
    """Return when no send is under way, nor soon will be: a private queue is empty then."""
    quiet = 0
    while quiet < _TURNS and not run.stale:
        await _until(session, None, lambda: not session.channel.sending)
        await asyncio.sleep(0)
        quiet = 0 if session.channel.sending else quiet + 1


async def _rests(session: Session, task: asyncio.Task[Any]) -> bool:
    """True once no `busy` section and no send is under way, or the task has ended; False when that lasts."""
    try:
        async with asyncio.timeout(STALL_SECONDS):
            await _until(session, task, lambda: not (session.busy or session.channel.sending))
    except TimeoutError:
        return False
    return True


async def _until(session: Session, task: asyncio.Task[Any] | None, there: Callable[[], bool]) -> None:
    """Return when `there()` holds, or the task has ended."""
    while not (there() or (task is not None and task.done())):
        changed = asyncio.Event()
        wake = _setter(changed)
        session.channel.watch(changed.set)
        if task is not None:
            task.add_done_callback(wake)
        try:
            await changed.wait()
        finally:
            session.channel.unwatch(changed.set)
            if task is not None:
                task.remove_done_callback(wake)


def _setter(event: asyncio.Event) -> Callable[[object], None]:
    return lambda _: event.set()
