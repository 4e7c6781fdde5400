"""One handler's life on a connection: several follow one another when upgrades restart it.

A run is known to every task that its handler started, through a context variable. So a send that comes
from the task tree of a handler that has ended can be told from one of the handler that runs now.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import ContextVar

from .channel import Message

__all__ = ["DISCONNECT", "RUN", "Run"]

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
        self.held: deque[Message] = deque()
        """What it sent before it had settled."""


RUN: ContextVar[Run | None] = ContextVar("upward_run", default=None)
"""The run that the current task belongs to."""
