"""How an upgrade and the coroutine that serves a connection pass it from one handler to the next.

The old handler is ended before code and states change, and the new one is started afterwards: so nobody works
on a state that is being migrated, or that may still be given back. In between the connection has no handler,
and what its client sends waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["DECISION_SECONDS", "Relay"]

DECISION_SECONDS = 10.0
"""How long a connection whose new handler crashed waits for a way back."""


class Relay:
    """Two sides' agreement for one connection: `end` and `start` are the upgrade's, the rest the server's."""

    def __init__(self) -> None:
        self.over = False
        """True when no handler follows: the client has left, or a handler ended by itself."""
        self.failure: BaseException | None = None
        """What the new handler raised, also when that came late: while others were still being started."""
        self._ordered = False
        self._closed = False
        self._idle = False
        self._begin = asyncio.Event()
        self._ended: asyncio.Future[bool] | None = None
        self._outcome: asyncio.Future[BaseException | None] | None = None

    # The upgrade's side.

    async def end(self, tell: Callable[[], None], limit: float) -> bool:
        """Have the handler told by `tell` that it is to end; returns when it has, or the connection is over.

        False when it was left alone after all, or has not ended within `limit` seconds: then either call this
        again or, as long as it has not been told, `withdraw`.
        """
        if self._closed or self._idle:
            return True
        if self._ended is None:
            self._ended = asyncio.get_running_loop().create_future()
            self._ordered = True
            tell()
        try:
            return await asyncio.wait_for(asyncio.shield(self._ended), limit)
        except TimeoutError:
            return False

    async def start(self) -> BaseException | None:
        """Have the next handler started; returns what it raised before it had settled, or None.

        Where no handler was to end, nothing is done.
        """
        if self._closed or not self._ordered:
            return None
        if self._outcome is None:
            self._outcome = asyncio.get_running_loop().create_future()
            self._begin.set()
        return await asyncio.shield(self._outcome)

    # The side of the coroutine that serves the connection.

    async def next_run(self) -> bool:
        """After the end of a handler: wait until the next one is to start. False when all is over."""
        if self.over or not self._ordered:
            return False
        self._idle = True
        self._say_ended(True)
        await self._begin.wait()
        self._begin.clear()
        self.failure = None
        self._idle = self._ordered = False
        return True

    async def way_back(self, error: Exception) -> None:
        """After a crash of a handler that may be taken back: wait for another start. Raises `error` else."""
        self.failure = error
        self._idle = self._ordered = True
        self.conclude(error)
        try:
            await asyncio.wait_for(self._begin.wait(), DECISION_SECONDS)
        except TimeoutError:
            raise error from None

    def withdraw(self) -> None:
        """The handler cannot be ended: it stays, and no other follows it."""
        self._ordered = False
        self._say_ended(False)

    def conclude(self, error: BaseException | None) -> None:
        """The new handler has settled, or raised `error` before that."""
        outcome, self._outcome = self._outcome, None
        if outcome is not None and not outcome.done():
            outcome.set_result(error)

    def close(self) -> None:
        """The connection is over: nobody waits for it any more."""
        self._closed = True
        self._say_ended(True)
        self.conclude(None)

    def _say_ended(self, ended: bool) -> None:
        waiting, self._ended = self._ended, None
        if waiting is not None and not waiting.done():
            waiting.set_result(ended)
