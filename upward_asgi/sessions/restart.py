"""Ending a changed handler and starting the new one, on a connection that stays open.

The old handler gets a disconnect (1012) that it alone sees; what it does not leave by, a ladder ends: after
two seconds it is cancelled, after two more it is fenced off and named in the log. Then the application is
called again with a fresh copy of the scope: `websocket.connect` once more, its `accept` answered without
sending, and the frames that nobody has read are still there. What the new handler sends is held until it
first waits for a message: one that crashes before has sent nothing, and can be taken back.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar, cast

from ..errors import CodeChangeError
from .channel import Message
from .frames import stack_of
from .handle import CURRENT
from .reader import Reader
from .run import DISCONNECT, RUN, Run
from .session import Session

__all__ = ["Restart", "upgradable"]

P = ParamSpec("P")
T = TypeVar("T")

_LOG = logging.getLogger("upward_asgi.sessions")
_REFUSED = 1008
STEP_SECONDS = 2.0
"""How long the old handler has after the disconnect, and again after the cancel."""
SETTLE_SECONDS = 1.0
"""How long a new handler that never receives is on probation."""
_HELD_MESSAGES = 64
"""How many messages of a handler on probation are held; one that sends more has settled."""
DECISION_SECONDS = 10.0
"""How long a connection whose new handler crashed waits for a way back."""


def upgradable(handler: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T | None]]:
    """Mark a plain handler of a WebSocket, or of an event stream: an upgrade that changes it may restart it.

    Put it below the route's decorator. The handler runs in a task of its own. What it must bring: it leaves
    on a disconnect, and it takes up its state again from `session(websocket).state(...)`.
    A handler of events goes on after the `Last-Event-ID` of its request.
    """

    @functools.wraps(handler)
    async def supervised(*args: P.args, **kwargs: P.kwargs) -> T | None:
        session = CURRENT.get()
        run = RUN.get()
        nested = run is not None and run.task is not None and not run.stale
        if session is not None and session.stream is not None:
            session.restart = session.stream
        if session is None or session.kind != "websocket" or nested:
            return await handler(*args, **kwargs)
        if session.restart is None:
            session.restart = Restart(session)
        assert isinstance(session.restart, Restart)
        return await session.restart.supervise(functools.partial(handler, *args, **kwargs))

    return supervised


class Restart:
    """The handlers of one connection that may be restarted."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.run = Run(resumed=False)
        """The run that is served now."""
        self.wanted = False
        """True when the handler is to be started anew as soon as the old one has ended."""
        self._outcome: asyncio.Future[BaseException | None] | None = None
        self._ordered = asyncio.Event()
        self._over = False
        self._closed = False
        self._flushing = asyncio.Lock()
        self._orphans: set[asyncio.Task[object]] = set()
        receive, self._send = session.channel.intercept(self.receive, self.send)
        self._reader = Reader(receive)

    async def __call__(self) -> BaseException | None:
        """End the handler and start the new one; returns what the new one raised before it had settled.

        None: the new handler runs, or the client has left meanwhile.
        """
        if self._closed:
            return None
        if self._outcome is None:
            self._outcome = asyncio.get_running_loop().create_future()
            self.wanted = True
            self._session.upgrading = True
            self._ordered.set()
            self.run.ending.set()
            self._reader.wake()
        return await asyncio.shield(self._outcome)

    # What `serve` calls between two runs.

    def begin_again(self) -> bool:
        """True when the application is to be called again, for a new run; False when all is over."""
        if not self.wanted or self._over:
            return False
        self.wanted = False
        self._ordered.clear()
        self.run.stale = True
        channel = self._session.channel
        self.run = Run(resumed=True, greeted=channel.connected, accepted=channel.accepted)
        RUN.set(self.run)
        self._session.resumed, self._session.upgrading = True, False
        return True

    async def way_back(self, error: Exception) -> None:
        """After a crash on probation: wait until somebody orders another restart. Raises `error` else."""
        if self.run.settled or not self.run.resumed:
            raise error
        self.run.stale = True
        self._conclude(error)
        try:
            await asyncio.wait_for(self._ordered.wait(), DECISION_SECONDS)
        except TimeoutError:
            raise error from None

    async def close(self) -> None:
        """The connection is over."""
        self._closed = True
        self._conclude(None)
        for orphan in self._orphans:
            orphan.cancel()
        await self._reader.close()

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
        run.stale = True
        if run.told:
            self._account_for(task)
            return None
        result = task.result()
        # It ended by itself, perhaps just before it would have been told: that ends the session.
        self._over = True
        return result

    async def receive(self) -> Message:
        """What the handler gets as `receive`."""
        run = self._run_of_caller() or self.run
        channel = self._session.channel
        if channel.ended:
            return self._gone()
        if run.stale or run.ending.is_set():
            return await self._disconnect(run)
        if not run.greeted:
            run.greeted = True
            return {"type": "websocket.connect"}
        await self._settle(run)
        channel.parked += 1
        try:
            channel.tell()
            message = await self._next(run)
        finally:
            channel.parked -= 1
        if channel.ended:
            return self._gone()
        if message is None:
            return await self._disconnect(run)
        channel.connected = True
        self._over = self._over or message["type"] == "websocket.disconnect"
        return message

    async def send(self, message: Message) -> None:
        """What the handler gets as `send`."""
        run = self._run_of_caller()
        if run is None:
            await self._pass_on(message)
            return
        if run.stale:
            # The type that a server raises for a connection that is gone, which frameworks know.
            raise BrokenPipeError("expected the handler that serves this session now, got one that has ended")
        if message["type"] == "websocket.close" and run.ending.is_set():
            return
        if not run.accepted:
            await self._answer(run, message)
        elif not run.settled:
            run.held.append(message)
            if len(run.held) >= _HELD_MESSAGES:
                await self._settle(run)
        elif not run.refused:
            await self._pass_on(message)

    def _gone(self) -> Message:
        """The session was closed by the upgrade: no other run comes."""
        self._over = True
        return self._session.channel.disconnected()

    async def _next(self, run: Run) -> Message | None:
        """The next message, unless work is held back: then it stays unread. None when the run is to end."""
        channel = self._session.channel
        while not run.ending.is_set():
            if channel.held:
                await _first_of(channel.until_let_go(), run.ending.wait())
                continue
            message = await self._reader.next(lambda: run.ending.is_set() or channel.held)
            if message is not None:
                return message
        return None

    async def send_for_session(self, message: Message) -> None:
        """Send what belongs to the session rather than to one run of its handler: never refused as stale."""
        run = self._run_of_caller()
        await (self._pass_on(message) if run is None or run.stale else self.send(message))

    def _run_of_caller(self) -> Run | None:
        """The run that a call belongs to; None for a task of another session, a broadcast say."""
        return RUN.get() if CURRENT.get() is self._session else None

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
            run.refused = run.settled = self._over = True
            await self._send(
                {"type": "websocket.close", "code": _REFUSED, "reason": "refused after an upgrade"}
            )
            self._conclude(None)
            return
        agreed = self._session.channel.subprotocol
        if message.get("subprotocol") != agreed:
            answer = message.get("subprotocol")
            raise CodeChangeError(
                expected=f"the subprotocol that the client agreed to, {agreed!r}",
                got=f"{answer!r} from the restarted handler of session {self._session.id}",
                do="answer the same subprotocol, or release the change as a new minor version",
            )

    async def _pass_on(self, message: Message) -> None:
        self._over = self._over or message["type"] == "websocket.close"
        await self._send(message)

    async def _settle(self, run: Run) -> None:
        """The new handler has come as far as waiting for a message: what it sent may go out."""
        if run.settled:
            return
        async with self._flushing:
            while run.held:
                await self._pass_on(run.held.popleft())
            run.settled = True
        self._conclude(None)

    async def _until_over(self, run: Run, task: asyncio.Task[Any]) -> None:
        ending = asyncio.ensure_future(run.ending.wait())
        try:
            if not run.settled:
                await asyncio.wait({task, ending}, timeout=SETTLE_SECONDS, return_when="FIRST_COMPLETED")
                if not task.done():
                    await self._settle(run)
            await asyncio.wait({task, ending}, return_when="FIRST_COMPLETED")
        finally:
            ending.cancel()
        if not task.done():
            await self._end(run, task)

    async def _end(self, run: Run, task: asyncio.Task[Any]) -> None:
        """The ladder: disconnect (it has got that), cancel, fence."""
        await self._until_idle(task)
        await asyncio.wait({task}, timeout=STEP_SECONDS)
        if task.done():
            return
        run.told = True
        task.cancel()
        await asyncio.wait({task}, timeout=STEP_SECONDS)
        if not task.done():
            self._orphans.add(task)
            task.add_done_callback(self._orphans.discard)
            _LOG.error(
                "the handler of session %s left neither on a disconnect nor on a cancel; fenced off:\n%s",
                self._session.id,
                stack_of(task.get_coro()),
            )

    async def _until_idle(self, task: asyncio.Task[Any]) -> None:
        """Return when no `busy` section and no send is under way, or the task has ended."""
        channel = self._session.channel
        while (self._session.busy or channel.sending) and not task.done():
            changed = asyncio.Event()
            wake = _setter(changed)
            channel.watch(changed.set)
            task.add_done_callback(wake)
            try:
                await changed.wait()
            finally:
                channel.unwatch(changed.set)
                task.remove_done_callback(wake)

    def _account_for(self, task: asyncio.Task[Any]) -> None:
        """Say what the old handler raised: after a fake disconnect nobody else will."""
        error = None if not task.done() or task.cancelled() else task.exception()
        if error is not None and not _is_disconnect(error):
            _LOG.warning(
                "the old handler of session %s ended with an error", self._session.id, exc_info=error
            )

    def _conclude(self, error: BaseException | None) -> None:
        outcome, self._outcome = self._outcome, None
        if outcome is not None and not outcome.done():
            outcome.set_result(error)


async def _awaited(handler: Callable[[], Awaitable[T]]) -> T:
    return await handler()


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Return when one of them has ended; the others are given up."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
    finally:
        for task in tasks:
            task.cancel()


def _setter(event: asyncio.Event) -> Callable[[object], None]:
    return lambda _: event.set()


def _is_disconnect(error: BaseException) -> bool:
    """True for what a handler raises that does not catch the disconnect; groups of tasks wrap it."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_disconnect(one) for one in error.exceptions)
    return (
        isinstance(error, OSError | asyncio.CancelledError) or type(error).__name__ == "WebSocketDisconnect"
    )
