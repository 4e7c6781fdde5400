"""Ending a changed handler and starting the new one, on a connection that stays open.

The old handler gets a disconnect (1012) that it alone sees; one that does not leave by it goes down a ladder.
Then, after the commit, the application is called again with a fresh copy of the scope. What both receive and
send: `exchange`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar, cast

from .channel import Message
from .exchange import Exchange
from .ladder import Exit, descend
from .relay import Relay
from .run import RUN, Run
from .session import Session

__all__ = ["Restart", "restart_of"]

P = ParamSpec("P")
T = TypeVar("T")

_LOG = logging.getLogger("upward_asgi.sessions")
SETTLE_SECONDS = 1.0
"""How long a new handler that never receives is on probation."""
END_SECONDS = 20.0
"""How long a handler may take to end in all; the ladder is over by then."""


def restart_of(session: Session) -> Restart:
    """What may restart this WebSocket's handlers, made when there is none yet."""
    if session.restart is None:
        session.restart = Restart(session)
    assert isinstance(session.restart, Restart)
    return session.restart


class Restart:
    """The handlers of one connection that may be restarted."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.relay = Relay()
        self._exchange = Exchange(session, self.relay)
        self._orphans: set[asyncio.Task[object]] = set()

    @property
    def run(self) -> Run:
        """The run that is served now."""
        return self._exchange.run

    # The upgrade's side.

    async def end(self) -> bool:
        """End the handler; False when it cannot be ended now, and stays.

        One that has been told is waited for, however late it is (the machine may have stood still): it ends,
        the ladder sees to that, and without an order no handler would follow it.
        """
        while not await self.relay.end(self._tell, END_SECONDS):
            if not self.run.told:
                self.relay.withdraw()
                self._leave_alone(self.run)
                return False
        return True

    async def start(self) -> BaseException | None:
        """Start the new handler; returns what it raised before it had settled.

        One that has accepted the client, and does not receive, has settled after a while.
        """
        starting = asyncio.ensure_future(self.relay.start())
        try:
            while not (await asyncio.wait({starting}, timeout=SETTLE_SECONDS))[0]:
                if self.run.accepted:
                    self._exchange.settle(self.run)
        finally:
            starting.cancel()
        return starting.result()

    @property
    def failure(self) -> BaseException | None:
        """What the new handler has raised since it was started."""
        return self.relay.failure

    @property
    def refused(self) -> bool:
        """True when the new handler has not taken over the client."""
        return self.run.refused

    async def release(self) -> None:
        """The upgrade stands: what the new handler sent reaches the client."""
        await self._exchange.release()

    def _tell(self) -> None:
        self._session.upgrading = True
        self.run.ending.set()
        self._exchange.wake()

    def _leave_alone(self, run: Run) -> None:
        """Take the order to end back, as long as the handler has not been told."""
        if not run.told:
            run.ending.clear()
            self._session.upgrading = False

    # What `serve` calls between two runs.

    async def begin_again(self) -> bool:
        """Wait until the application is to be called again, for a new run; False when all is over."""
        self.run.stale = True
        await self._exchange.drop_held()
        if not await self.relay.next_run():
            return False
        channel = self._session.channel
        self._exchange.run = Run(resumed=True, greeted=channel.connected, accepted=channel.accepted)
        RUN.set(self.run)
        self._session.begin_again()
        return True

    async def returned(self) -> None:
        """The application has returned from a run that a restart began."""
        run = self.run
        if run.ending.is_set():
            return
        self._exchange.settle(run)
        if await run.certain():
            self.relay.over = True

    async def way_back(self, error: Exception) -> None:
        """After a crash on probation: wait until somebody starts another run. Raises `error` else."""
        if self.run.released.is_set():
            raise error
        self.run.stale = True
        await self.relay.way_back(error)

    async def close(self) -> None:
        """The connection is over."""
        self.relay.close()
        for orphan in self._orphans:
            orphan.cancel()
        await self._exchange.close()

    # The handler's side.

    async def send_for_session(self, message: Message) -> None:
        """Send what belongs to the session rather than to one run of its handler: never refused as stale."""
        await self._exchange.send_for_session(message)

    async def supervise(self, handler: Callable[[], Awaitable[T]]) -> T | None:
        """Run a handler in a task of its own; returns when it has ended, was ended, or was given up."""
        run = self.run
        context = copy_context()
        context.run(RUN.set, run)
        task = asyncio.get_running_loop().create_task(_awaited(handler), context=context)
        run.task = self._session.task = cast("asyncio.Task[object]", task)
        try:
            await self._until_over(run, task)
        except BaseException:
            task.cancel()
            await asyncio.wait({task})
            raise
        if run.told:
            run.stale = True
            self._account_for(task)
            return None
        result = task.result()
        # It ended by itself, perhaps just before it would have been told: that ends the session.
        self.relay.over = run.released.is_set()
        return result

    async def _until_over(self, run: Run, task: asyncio.Task[Any]) -> None:
        while not task.done():
            ending = asyncio.ensure_future(run.ending.wait())
            try:
                await asyncio.wait({task, ending}, return_when="FIRST_COMPLETED")
            finally:
                ending.cancel()
            if not task.done() and await self._ended(run, task):
                return

    async def _ended(self, run: Run, task: asyncio.Task[Any]) -> bool:
        """End the handler by the ladder; False when it stays after all."""
        way = await descend(self._session, run, task)
        if way is Exit.FENCED:
            self._orphans.add(task)
            task.add_done_callback(self._orphans.discard)
        if way is not Exit.STAYS:
            return True
        self._leave_alone(run)
        self.relay.withdraw()
        return False

    def _account_for(self, task: asyncio.Task[Any]) -> None:
        """Say what the old handler raised: after a fake disconnect nobody else will."""
        error = None if not task.done() or task.cancelled() else task.exception()
        if error is not None and not _is_disconnect(error):
            _LOG.warning(
                "the old handler of session %s ended with an error", self._session.id, exc_info=error
            )


async def _awaited(handler: Callable[[], Awaitable[T]]) -> T:
    return await handler()


def _is_disconnect(error: BaseException) -> bool:
    """True for what a handler raises that does not catch the disconnect; groups of tasks wrap it."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_disconnect(one) for one in error.exceptions)
    return (
        isinstance(error, OSError | asyncio.CancelledError) or type(error).__name__ == "WebSocketDisconnect"
    )
