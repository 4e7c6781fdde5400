"""One handler's life on a connection: several follow one another when upgrades restart it.

A run is known to every task that its handler started, through a context variable. So a send that comes
from the task tree of a handler that has ended can be told from one of the handler that runs now.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

from .channel import Message

__all__ = ["DISCONNECT", "RUN", "Run", "first_of"]

_HELD_MESSAGES = 64
_HELD_BYTES = 1 << 20
"""How much of what a handler on probation sends is kept; one that sends more has settled, and waits."""
DISCONNECT_CODE = 1012
DISCONNECT: Message = {
    "type": "websocket.disconnect",
    "code": DISCONNECT_CODE,
    "reason": "upgrade",
}
"""What a handler gets that is to end for an upgrade: the exit that every handler survives already."""


class Run:
    """What is known of one run of a handler."""

    def __init__(self, *, resumed: bool, greeted: bool = True, accepted: bool = True) -> None:
        self.resumed = resumed
        """True when the connection was open before this run."""
        self.opens = not accepted
        """True when no run before it came as far as accepting the connection."""
        self.task: asyncio.Task[object] | None = None
        """The handler's own task."""
        self.ending = asyncio.Event()
        """Set when this run is to end: its `receive` says disconnect from then on."""
        self.told = False
        """True when it was given the disconnect, or was cancelled: it ends for the upgrade, not by itself."""
        self.stale = False
        """True when the handler has ended, or was given up: what its tasks still send is refused."""
        self.greeted = not (resumed and greeted)
        """False when it is to receive a `websocket.connect` that the server does not send again."""
        self.accepted = not resumed
        """True when its `accept` has been dealt with."""
        self.refused = False
        """True when it closed the connection instead of accepting it."""
        self.settled = not resumed
        """True when it has come as far as waiting for a message."""
        self.released = asyncio.Event()
        """Set when nobody can take it back any more: what it sends reaches the client from then on."""
        if not resumed:
            self.released.set()
        self.held: deque[tuple[Message, bool]] = deque()
        """What was sent to the client before that, and whether this run did."""

    def keep(self, message: Message, *, own: bool) -> bool:
        """Keep a message until the run is released; True when no more is to be kept: who sent it waits."""
        self.held.append((message, own))
        return len(self.held) >= _HELD_MESSAGES or sum(_size_of(one) for one, _ in self.held) >= _HELD_BYTES

    async def certain(self) -> bool:
        """Return when this run was released, or is to end; True for the former."""
        await first_of(self.released.wait(), self.ending.wait())
        return self.released.is_set()


def _size_of(message: Message) -> int:
    return len(message.get("text") or message.get("bytes") or "")


async def first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Return when one of them has ended; the others are given up."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
    finally:
        for task in tasks:
            task.cancel()


RUN: ContextVar[Run | None] = ContextVar("upward_run", default=None)
"""The run that the current task belongs to."""
