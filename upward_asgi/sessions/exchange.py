"""What passes between a connection and the handlers that follow one another on it.

A handler that is to end receives a disconnect that it alone sees. The next one receives `websocket.connect`
once more, its `accept` is answered without sending, and the frames that nobody has read are still there. What
it sends is held until the upgrade stands, and it gets no message before: one that crashes has done nothing.
"""

from __future__ import annotations

import asyncio
import contextlib

from ..errors import CodeChangeError
from .channel import Message
from .handle import CURRENT
from .ladder import until_sent
from .over import nobody_there
from .reader import Reader
from .relay import Relay
from .run import DISCONNECT, RUN, Run, first_of
from .session import Session

__all__ = ["REFUSED_CODE", "Exchange"]

REFUSED_CODE = 1008
"""Policy Violation: what a client gets that the new handler refuses, though it was accepted before."""


class Exchange:
    """`receive` and `send` of the handlers of one connection."""

    def __init__(self, session: Session, relay: Relay) -> None:
        """Put itself in place of the session's channel; from now on it is what holds work back."""
        self.run = Run(resumed=False)
        """The run that is served now."""
        self._session = session
        self._relay = relay
        receive, self._send = session.channel.intercept(self.receive, self.send)
        self._reader = Reader(receive)

    # What the handlers call.

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
            self.settle(run)
            message = await self._next(run)
            if channel.ended:
                return self._gone()
            if message is not None:
                channel.connected = True
                self._relay.over = self._relay.over or message["type"] == "websocket.disconnect"
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

    async def send_for_session(self, message: Message) -> None:
        """Send what belongs to the session rather than to one run of its handler: never refused as stale."""
        run = self._run_of_caller()
        await (self._send_from_outside(message) if run is None or run.stale else self.send(message))

    # What ends and begins runs.

    def wake(self) -> None:
        """Have the handler that waits for a message look whether it is to end."""
        self._reader.wake()

    def settle(self, run: Run) -> None:
        """The new handler has come as far as waiting for a message."""
        if not run.settled:
            run.settled = True
            self._relay.conclude(None)

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

    async def drop_held(self) -> None:
        """A run that is taken back has sent nothing; what came from elsewhere still counts."""
        while self.run.held:
            message, own = self.run.held.popleft()
            if not own:
                with contextlib.suppress(OSError, RuntimeError):
                    await self._pass_on(message)

    async def close(self) -> None:
        """The connection is over."""
        await self._reader.close()
        self._send = nobody_there

    # The two directions, step by step.

    def _gone(self) -> Message:
        """The session was closed by the upgrade: no other run comes."""
        self._relay.over = True
        return self._session.channel.disconnected()

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
            self.settle(run)
            await run.certain()

    async def _send_from_outside(self, message: Message) -> None:
        if self.run.stale or self.run.released.is_set():
            await self._pass_on(message)
        else:
            await self._hold(self.run, message, own=False)

    async def _pass_on(self, message: Message) -> None:
        self._relay.over = self._relay.over or message["type"] == "websocket.close"
        await self._send(message)
