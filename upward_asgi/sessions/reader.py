"""One pending real `receive` of a connection, made on demand, that outlives whoever waits for it.

A handler that is being ended must be woken without the server's `receive` being cancelled: a cancelled
`receive` may have taken a frame already. So it runs in a task of its own, and whoever comes next gets its
result. At most one frame is read ahead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from .channel import Message, Receive
from .over import nothing_more

__all__ = ["Reader"]

_TURNS = 3
"""Turns of the event loop that a `receive` takes that has its message ready."""


class Reader:
    """Waits for the next message on behalf of handlers that may be interrupted."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._pending: asyncio.Task[Message] | None = None
        self._waiters: set[asyncio.Future[None]] = set()

    async def next(self, interrupted: Callable[[], bool]) -> Message | None:
        """The next message; None, with nothing taken, once `interrupted()` holds and `wake` was called."""
        while not interrupted():
            pending = self._pending
            if pending is None:
                pending = self._pending = asyncio.ensure_future(_awaited(self._receive))
            if pending.done():
                self._pending = None
                return pending.result()
            await self._until_done(pending)
        return None

    async def connect(self) -> Message | None:
        """The `websocket.connect` that nobody has taken; None when it has been taken.

        A server has it ready before it calls the application, so it is there at once or not at all.
        """
        if self._pending is None:
            self._pending = asyncio.ensure_future(_awaited(self._receive))
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        pending = self._pending
        if pending is None or not pending.done() or pending.exception() is not None:
            return None
        if pending.result()["type"] != "websocket.connect":
            return None
        self._pending = None
        return pending.result()

    def wake(self) -> None:
        """Have everybody who waits look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def close(self) -> None:
        """Give up the pending `receive`: the connection is over."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()
            # The connection is over, so nobody is there to be told what the last receive said.
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await pending
        self._receive = nothing_more

    async def _until_done(self, pending: asyncio.Task[Message]) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(_: object) -> None:
            if not waiter.done():
                waiter.set_result(None)

        self._waiters.add(waiter)
        pending.add_done_callback(done)
        try:
            await waiter
        finally:
            pending.remove_done_callback(done)
            self._waiters.discard(waiter)


async def _awaited(receive: Receive) -> Message:
    return await receive()
