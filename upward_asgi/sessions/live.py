"""`LiveSession`: the session class for new code, after GenServer and LiveView.

It is an ASGI endpoint, used as `WebSocketRoute("/ws", Counter)`. Its run loop is ours and never part of a
release; the methods are looked up on `self` at every message, so a patched class acts at the next
message, and an upgrade between two messages needs nobody's cooperation.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any, cast

import anyio
from packaging.version import Version
from starlette.websockets import WebSocketDisconnect

from .channel import Channel, Message, Receive, Send
from .handle import Handle, session
from .mailbox import Frame, Info, Item, Mailbox, UpgradedNotice
from .session import Session

__all__ = ["Ending", "LiveSession"]

_LOG = logging.getLogger("upward_asgi.sessions")
_NORMAL = 1000
_ABNORMAL = 1006
_CRASHED = 1011
_TIME_TO_TERMINATE = 5.0
"""Seconds that `terminate` has when the server cancels the session."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a session ended, as `terminate` gets it."""

    code: int
    """The close code: the client's, ours, or 1006 when the connection broke."""
    text: str = ""
    """The reason that came with the code."""
    error: BaseException | None = None
    """What a handler raised, when that ended the session."""


class LiveSession:
    """A session whose messages are handled one at a time, in order, by methods looked up at each message.

    Override any of the methods. `self.state` is what an upgrade carries over through `code_change`.
    """

    # Any: subclasses give the state and the messages the types that they have.
    state: Any = None
    rests_between_messages = True
    """Its run loop takes nothing while the session is held."""
    subprotocol: str | None = None
    """What `accept` answers, unless told otherwise."""

    def __init__(self, scope: dict[str, object], receive: Receive, send: Send) -> None:
        self.scope = scope
        """The ASGI scope of the connection."""
        self._handle: Handle = session(scope)
        self._session: Session = self._handle._session
        if not self._session.id:
            self._session.channel = Channel(receive, send)
        self._receive = receive
        self._send = send
        self._accepted = False
        self._ending: Ending | None = None
        self.mounted = False
        self._session.holder = self
        self._mailbox = Mailbox()

    def __await__(self) -> Generator[object, None, None]:
        return self._run().__await__()

    # What the application overrides.

    async def mount(self) -> None:
        """The client has connected: make `self.state`, push the first view, or `close`."""

    async def handle_event(self, message: str | bytes) -> None:
        """A frame came from the client: text as `str`, binary as `bytes`."""

    async def handle_info(self, message: Any) -> None:
        """A message was posted to this session from the server side."""

    async def upgraded(self, old_vsn: Version) -> None:
        """The session was upgraded from `old_vsn` (a `Down` after a rollback): push what changed."""

    upgraded.upward_default = True  # type: ignore[attr-defined]

    async def terminate(self, reason: Ending) -> None:
        """The session is over; the client may be gone already."""

    def code_change(self, old_vsn: Version, state: Any, extra: Any) -> Any:
        """The new state, made of the old one; must not await. `old_vsn` is a `Down` on the way down."""
        return state

    code_change.upward_default = True  # type: ignore[attr-defined]

    # What the application calls.

    @property
    def session(self) -> Handle:
        """This session, as plain handlers know it."""
        return self._handle

    def post(self, message: object) -> bool:
        """Have `handle_info` called with `message`, from any task or thread; False when all is over."""
        return self._mailbox.post(message)

    async def accept(
        self, subprotocol: str | None = None, headers: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        """Accept the connection; done by itself before the first send, and after `mount`."""
        if self._accepted or self._ending is not None:
            return
        self._accepted = True
        answer = subprotocol if subprotocol is not None else self.subprotocol
        await self._put({"type": "websocket.accept", "subprotocol": answer, "headers": list(headers)})

    async def send_text(self, data: str) -> None:
        """Send a text frame. Raises starlette's `WebSocketDisconnect` when the client is gone."""
        await self.accept()
        await self._put({"type": "websocket.send", "text": data})

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame. Raises starlette's `WebSocketDisconnect` when the client is gone."""
        await self.accept()
        await self._put({"type": "websocket.send", "bytes": data})

    async def send_json(self, data: object) -> None:
        """Send `data` as JSON in a text frame."""
        await self.send_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False))

    async def close(self, code: int = _NORMAL, reason: str = "") -> None:
        """Close the connection; before `accept` this refuses it. The running method still goes to its end."""
        if self._ending is None:
            await self._put({"type": "websocket.close", "code": code, "reason": reason})
            self._ending = Ending(code, reason)

    # The run loop.

    async def _run(self) -> None:
        """From connect to disconnect; raises what a handler raised."""
        await self._receive()
        try:
            await self._live()
        except anyio.get_cancelled_exc_class():
            with anyio.move_on_after(_TIME_TO_TERMINATE, shield=True):
                await self._finish()
            raise
        await self._finish()
        if self._ending is not None and self._ending.error is not None:
            raise self._ending.error

    async def _live(self) -> None:
        """Handle one thing after another until the session is over, for whatever reason."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._read)
            try:
                await self._begin()
                while self._ending is None:
                    await self._next()
            except Exception as error:
                # Kept, not raised here: a task group would wrap it, and the server is to see it as it is.
                self._ending = Ending(_CRASHED, error=error)
            finally:
                self._mailbox.close()
                tasks.cancel_scope.cancel()

    async def _read(self) -> None:
        """Frames into the mailbox, at most one ahead of the handler."""
        while True:
            message = await self._receive()
            await self._mailbox.put_frame(cast("dict[str, object]", message))
            if message["type"] == "websocket.disconnect":
                return

    async def _begin(self) -> None:
        try:
            await self._work_through(None)
            await self.accept()
            self.mounted = True
        except WebSocketDisconnect as gone:
            self._ending = Ending(gone.code, gone.reason)

    async def _next(self) -> None:
        await self._mailbox.arrival()
        # An upgrade may have begun since; what waits is handled by the new code then.
        await self._session.channel.until_let_go()
        if self._session.channel.ended:
            gone = self._session.channel.disconnected()
            self._ending = Ending(gone["code"], gone["reason"])
            return
        try:
            await self._work_through(self._mailbox.take())
        except WebSocketDisconnect as gone:
            self._ending = Ending(gone.code, gone.reason)

    async def _work_through(self, item: Item | None) -> None:
        """Handle one thing; an upgrade waits until this has come to its end."""
        self._session.busy += 1
        try:
            await self._handle_item(item)
        finally:
            self._session.busy -= 1
            self._session.channel.tell()

    async def _handle_item(self, item: Item | None) -> None:
        match item:
            case None:
                await self.mount()
            case Info(message):
                await self.handle_info(message)
            case Frame(message):
                await self._handle_frame(message)
            case UpgradedNotice():
                await self._tell_upgraded(item)

    async def _handle_frame(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            self._ending = Ending(message.get("code") or _ABNORMAL, message.get("reason") or "")
            return
        text = message.get("text")
        await self.handle_event(message["bytes"] if text is None else text)

    async def _tell_upgraded(self, notice: UpgradedNotice) -> None:
        try:
            with notice.scope:
                await self.upgraded(notice.old_vsn)
        except WebSocketDisconnect:
            raise
        except (Exception, SystemExit) as error:
            notice.error = error
            # The upgrade is committed and the state is whole: a view that was not pushed ends no session.
            _LOG.exception("upgraded() of session %s failed; the session goes on", self._session.id)
        finally:
            notice.done.set()

    async def notify_upgraded(self, old_vsn: Version) -> BaseException | None:
        """Have `upgraded` called before the next message; returns what it raised, or None.

        Returns when that is done, or all is over. When this is cancelled, so is `upgraded`: the session goes
        on with its next message.
        """
        notice = UpgradedNotice(old_vsn)
        self._mailbox.notice(notice)
        try:
            await notice.done.wait()
        finally:
            notice.scope.cancel()
        return notice.error

    async def _finish(self) -> None:
        ending = self._ending or Ending(_ABNORMAL)
        self._session.busy += 1
        try:
            await self.terminate(ending)
        finally:
            self._session.busy -= 1
            self._session.channel.tell()

    async def _put(self, message: Message) -> None:
        if self._ending is not None:
            raise WebSocketDisconnect(self._ending.code, self._ending.text)
        try:
            await self._send(message)
        except OSError as error:
            self._ending = Ending(_ABNORMAL)
            raise WebSocketDisconnect(_ABNORMAL) from error
