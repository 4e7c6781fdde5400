"""Event streams (SSE): restarted without a gap when marked, by `Last-Event-ID`.

The old stream is ended at the end of an event: it gets `http.disconnect`, or, if it does not listen, an
`OSError` at its next send. Then the application is called again, with a fresh scope whose `Last-Event-ID` is
the last id that the client was sent, and its response start is swallowed. An unmarked stream drains.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import MutableMapping
from typing import Any

from .channel import Channel, Message, Receive, Send
from .handle import CURRENT
from .over import nobody_there
from .pristine import Pristine, introduce
from .reader import Reader
from .registry import Sessions
from .relay import Relay
from .run import RUN, Run
from .session import Session
from .target import Serves

__all__ = ["EventStream", "serve_events", "wants_events"]

_LOG = logging.getLogger("upward_asgi.sessions")
Scope = MutableMapping[str, Any]
_EVENTS = b"text/event-stream"
_LAST_ID = b"last-event-id"
END_SECONDS = 5.0
"""How long a stream may take to come to the end of an event, or to its next one."""


def wants_events(scope: Scope) -> bool:
    """True for a request that asks for an event stream, as a browser's `EventSource` does."""
    return any(name == b"accept" and _EVENTS in value for name, value in scope.get("headers", ()))


async def serve_events(
    sessions: Sessions, target: Serves, scope: Scope, receive: Receive, send: Send
) -> None:
    """Call the application for a request that asks for events, anew for every restart."""
    session = sessions.begin("sse", scope.get("path", ""), Channel(receive, send))
    session.task = asyncio.current_task()
    stream = EventStream(sessions, session, receive, send)
    session.stream = stream
    if sessions.routes.match(session.path):
        session.restart = stream
    current, running = CURRENT.set(session), RUN.set(stream.run)
    # From 2.4 on frameworks do not listen for a disconnect, and would be told at their next event only.
    scope["asgi"] = {**scope.get("asgi", {}), "spec_version": "2.3"}
    pristine = Pristine(scope)
    introduce(scope, session)
    try:
        await stream.serve(target, scope)
        while await stream.begin_again():
            await stream.again(target, pristine)
    finally:
        RUN.reset(running)
        CURRENT.reset(current)
        await stream.close()
        sessions.end(session)
        session.channel.forget()


class EventStream:
    """One response of events, made by one handler after another."""

    def __init__(self, sessions: Sessions, session: Session, receive: Receive, send: Send) -> None:
        self.run = Run(resumed=False)
        """The run that is served now."""
        self.relay = Relay()
        self.scope: Scope = {}
        """The scope of this run."""
        self.last_id: bytes | None = None
        """The last id that the client was sent."""
        self._sessions = sessions
        self._session = session
        self._send = send
        self._reader = Reader(receive)
        self._request: list[Message] = []
        self._replay: list[Message] = []
        self._event = b""
        self._moved = asyncio.Event()
        session.channel.watch(self._moved.set)
        self._started = False

    # The upgrade's side.

    async def end(self) -> bool:
        """End the handler at the end of an event; False when it does not end, and stays.

        One that has been told has as long again: no handler follows one that stays.
        """
        for _ in range(2):
            if await self.relay.end(self._tell, END_SECONDS):
                return True
            if not self.run.told:
                self.run.ending.clear()
                self._session.upgrading = False
                break
        self.relay.withdraw()
        return False

    async def start(self) -> BaseException | None:
        """Start the new handler; returns what it raised before its response had begun."""
        return await self.relay.start()

    @property
    def failure(self) -> BaseException | None:
        """What the new handler has raised since it was started."""
        return self.relay.failure

    @property
    def refused(self) -> bool:
        """True when the new handler has not taken over the client."""
        return self.run.refused

    async def release(self) -> None:
        """The upgrade stands: the new handler's events reach the client."""
        self.run.released.set()

    def _tell(self) -> None:
        self._session.upgrading = True
        self.run.ending.set()
        self._reader.wake()

    # Between two runs.

    async def begin_again(self) -> bool:
        """Wait until the application is to be called again; False when all is over."""
        self.run.stale = True
        self._moved.set()
        if not await self.relay.next_run():
            return False
        self.run = Run(resumed=True)
        self._replay = list(self._request)
        self._session.begin_again()
        RUN.set(self.run)
        return True

    async def serve(self, target: Serves, scope: Scope) -> None:
        """Call the application for one run; what it raises because it was told to end is no error."""
        self.scope = scope
        try:
            await target.app(scope, self.receive, self.send)
        except Exception as error:
            if not self.run.told:
                raise
            _LOG.debug("the old stream of session %s ended", self._session.id, exc_info=error)

    async def again(self, target: Serves, pristine: Pristine) -> None:
        """Call the application for one more run; after a crash, wait for a way back."""
        scope = pristine.scope()
        introduce(scope, self._session)
        if self.last_id is not None:
            headers = [(name, value) for name, value in scope["headers"] if name != _LAST_ID]
            scope["headers"] = [*headers, (_LAST_ID, self.last_id)]
        try:
            await self.serve(target, scope)
        except Exception as error:
            if self.run.released.is_set():
                raise
            await self.relay.way_back(error)
            return
        if self.run.refused:
            await self._give_up(self.run)

    async def _give_up(self, run: Run) -> None:
        """The new handler answered something else: at the end of the stream the client comes by itself."""
        self._settle(run)
        if await run.certain():
            self.relay.over = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def close(self) -> None:
        """The connection is over."""
        self.relay.close()
        await self._reader.close()
        self._send = nobody_there

    # The handler's side.

    async def receive(self) -> Message:
        """What the handler gets as `receive`."""
        if self._replay:
            return self._replay.pop(0)
        run = RUN.get() or self.run
        message = None if run.stale else await self._reader.next(run.ending.is_set)
        if message is None:
            await self._end_of_event(run)
            run.told = True
            return {"type": "http.disconnect"}
        if message["type"] == "http.request":
            self._request.append(message)
        else:
            self.relay.over = True
        return message

    async def send(self, message: Message) -> None:
        """What the handler gets as `send`."""
        run = RUN.get() or self.run
        if run.stale or (run.ending.is_set() and not self._event):
            run.told = True
            raise _ended()
        if message["type"] == "http.response.start":
            await self._start(run, message)
        elif message["type"] == "http.response.body":
            await self._body(run, message)
        else:
            await self._send(message)

    async def _end_of_event(self, run: Run) -> None:
        """Return when nothing is half sent and no `busy` section is under way."""
        while (self._event or self._session.busy) and not run.stale:
            self._moved.clear()
            await self._moved.wait()

    async def _start(self, run: Run, message: Message) -> None:
        is_events = any(
            name.lower() == b"content-type" and value.startswith(_EVENTS)
            for name, value in message.get("headers", ())
        )
        endpoint = self.scope.get("endpoint")
        if self._session.code is None and endpoint is not None:
            self._session.code = getattr(inspect.unwrap(endpoint), "__code__", None)
        if not run.resumed:
            self._started = is_events
            if not is_events:
                self._sessions.end(self._session)
            await self._send(message)
            return
        if not is_events or message["status"] != 200:
            # The client cannot be told any more, nor is it known yet whether the handler has crashed.
            run.refused = True
            return
        self._settle(run)

    async def _body(self, run: Run, message: Message) -> None:
        if run.refused:
            return
        if not (run.released.is_set() or await run.certain()):
            run.told = True
            raise _ended()
        if not message.get("more_body", False):
            self.relay.over = True
        if self._started:
            self._follow(message.get("body", b""))
        await self._send(message)
        self._moved.set()

    def _follow(self, body: bytes) -> None:
        """Remember the last id of a complete event, and what has been sent of an incomplete one."""
        text = (self._event + body).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        events, end, self._event = text.rpartition(b"\n\n")
        if not end:
            return
        for line in events.split(b"\n"):
            if line.startswith(b"id:"):
                self.last_id = line[3:].removeprefix(b" ")

    def _settle(self, run: Run) -> None:
        """The new handler has come as far as answering."""
        run.settled = True
        self.relay.conclude(None)


def _ended() -> OSError:
    """What a server raises for a client that is gone, which frameworks know."""
    return OSError("expected the stream that serves this client now, got one that is ended")
