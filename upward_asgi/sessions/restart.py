"""Ending a changed handler and starting the new one, on a connection that stays open.

The old handler gets a disconnect (1012) that it alone sees; one that does not leave by it goes down a ladder.
Then, after the commit, the application is called again with a fresh copy of the scope: `websocket.connect`
once more, its `accept` answered without sending, and the frames that nobody has read are still there. What
the new handler sends is held until the upgrade stands, and it gets no message before: one that crashes has
done nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar, cast

from ..errors import CodeChangeError
from .channel import Message
from .handle import CURRENT
from .ladder import Exit, descend, until_sent
from .over import nobody_there
from .reader import Reader
from .relay import Relay
from .run import DISCONNECT, RUN, Run, first_of
from .session import Session

__all__ = ["REFUSED_CODE", "Restart", "restart_of"]

P = ParamSpec("P")
T = TypeVar("T")

_LOG = logging.getLogger("upward_asgi.sessions")
REFUSED_CODE = 1008
"""Policy Violation: what a client gets that the new handler refuses, though it was accepted before."""
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
        self.run = Run(resumed=False)
        """The run that is served now."""
        self.relay = Relay()
        self._orphans: set[asyncio.Task[object]] = set()
        receive, self._send = session.channel.intercept(self.receive, self.send)
        self._reader = Reader(receive)

    # The upgrade's side.

    async def end(self) -> bool:
        """End the handler; False when it cannot be ended now, and stays."""
        ended = await self.relay.end(self._tell, END_SECONDS)
        if not ended:
            self._leave_alone(self.run)
        return ended

    async def start(self) -> BaseException | None:
        """Start the new handler; returns what it raised before it had settled.

        One that has accepted the client, and does not receive, has settled after a while.
        """
        starting = asyncio.ensure_future(self.relay.start())
        try:
            while not (await asyncio.wait({starting}, timeout=SETTLE_SECONDS))[0]:
                if self.run.accepted:
                    self._settle(self.run)
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
        run = self.run
        try:
            while run.held:
                await self._pass_on(run.held.popleft()[0])
        except (OSError, RuntimeError):
            # What servers raise for a client that has left. Its handler will hear of it.
            run.held.clear()
        run.released.set()

    def _tell(self) -> None:
        self._session.upgrading = True
        self.run.ending.set()
        self._reader.wake()

    def _leave_alone(self, run: Run) -> None:
        """Take the order to end back, as long as the handler has not been told."""
        if not run.told:
            run.ending.clear()
            self._session.upgrading = False

    # What `serve` calls between two runs.

    async def begin_again(self) -> bool:
        """Wait until the application is to be called again, for a new run; False when all is over."""
        self.run.stale = True
        await self._drop_held()
        if not await self.relay.next_run():
            return False
        channel = self._session.channel
        self.run = Run(resumed=True, greeted=channel.connected, accepted=channel.accepted)
        RUN.set(self.run)
        self._session.begin_again()
        return True

    async def returned(self) -> None:
        """The application has returned from a run that a restart began."""
        run = self.run
        if run.ending.is_set():
            return
        self._settle(run)
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
        await self._reader.close()
        self._send = nobody_there

    # The handler's side.

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

    async def receive(self) -> Message:
        """What the handler gets as `receive`."""
        run = self._run_of_caller() or self.run
        channel = self._session.channel
        if channel.ended:
            return self._gone()
        if not (run.greeted or run.stale or run.ending.is_set()):
            run.greeted = True
            return {"type": "websocket.connect"}
        while not run.stale:
            self._settle(run)
            message = await self._next(run)
            if channel.ended:
                return self._gone()
            if message is not None:
                channel.connected = True
                self.relay.over = self.relay.over or message["type"] == "websocket.disconnect"
                return message
            await until_sent(self._session, run)
            if run.ending.is_set():
                break  # or else it stays after all
        return await self._disconnect(run)

    async def send(self, message: Message) -> None:
        """What the handler gets as `send`."""
        run = self._run_of_caller()
        if run is None:
            await self._send_from_outside(message)
            return
        if run.stale:
            # The type that a server raises for a connection that is gone, which frameworks know.
            raise BrokenPipeError("expected the handler that serves this session now, got one that has ended")
        if message["type"] == "websocket.close" and run.ending.is_set():
            return
        if not run.accepted:
            await self._answer(run, message)
        elif not run.released.is_set():
            await self._hold(run, message, own=True)
        elif not run.refused:
            await self._pass_on(message)

    def _gone(self) -> Message:
        """The session was closed by the upgrade: no other run comes."""
        self.relay.over = True
        return self._session.channel.disconnected()

    async def send_for_session(self, message: Message) -> None:
        """Send what belongs to the session rather than to one run of its handler: never refused as stale."""
        run = self._run_of_caller()
        await (self._send_from_outside(message) if run is None or run.stale else self.send(message))

    def _run_of_caller(self) -> Run | None:
        """The run that a call belongs to; None for a task of another session, a broadcast say."""
        return RUN.get() if CURRENT.get() is self._session else None

    async def _next(self, run: Run) -> Message | None:
        """The next message, unless work is held back: then it stays unread. None when the run is to end.

        A `busy` section that asks its client something is not kept from hearing the answer.
        """
        session, channel = self._session, self._session.channel
        channel.parked += 1
        try:
            channel.tell()
            while session.busy or not run.ending.is_set():
                if channel.held and not session.busy:
                    await first_of(channel.until_let_go(), run.ending.wait())
                    continue
                message = await self._reader.next(
                    lambda: not session.busy and (run.ending.is_set() or channel.held)
                )
                if message is not None:
                    return message
            return None
        finally:
            channel.parked -= 1

    async def _disconnect(self, run: Run) -> Message:
        if not self._session.channel.connected:
            # It is to end before it has begun: a handler does not expect a disconnect there.
            self._session.channel.connected = True
            connect = await self._reader.connect()
            if connect is not None:
                return connect
        run.told = True
        # A handler that receives round and round is not to keep the loop from ending it.
        await asyncio.sleep(0)
        return dict(DISCONNECT)

    async def _answer(self, run: Run, message: Message) -> None:
        """The new handler's accept is swallowed; a refusal can only be a close now."""
        run.accepted = True
        if run.opens:
            await self._pass_on(message)
            return
        if message["type"] != "websocket.accept":
            run.refused = True
            close = {"type": "websocket.close", "code": REFUSED_CODE, "reason": "refused after an upgrade"}
            await self._hold(run, close, own=True)
            return
        agreed = self._session.channel.subprotocol
        if message.get("subprotocol") != agreed:
            answer = message.get("subprotocol")
            raise CodeChangeError(
                expected=f"the subprotocol that the client agreed to, {agreed!r}",
                got=f"{answer!r} from the restarted handler of session {self._session.id}",
                do="answer the same subprotocol, or release the change as a new minor version",
            )

    async def _hold(self, run: Run, message: Message, *, own: bool) -> None:
        """Keep a message until the upgrade stands; who sends more than is kept waits for that."""
        if run.keep(message, own=own):
            self._settle(run)
            await run.certain()

    async def _send_from_outside(self, message: Message) -> None:
        if self.run.stale or self.run.released.is_set():
            await self._pass_on(message)
        else:
            await self._hold(self.run, message, own=False)

    async def _drop_held(self) -> None:
        """A run that is taken back has sent nothing; what came from elsewhere still counts."""
        while self.run.held:
            message, own = self.run.held.popleft()
            if not own:
                with contextlib.suppress(OSError, RuntimeError):
                    await self._pass_on(message)

    async def _pass_on(self, message: Message) -> None:
        self.relay.over = self.relay.over or message["type"] == "websocket.close"
        await self._send(message)

    def _settle(self, run: Run) -> None:
        """The new handler has come as far as waiting for a message."""
        if not run.settled:
            run.settled = True
            self.relay.conclude(None)

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
