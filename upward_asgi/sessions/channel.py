"""The two directions of one connection: what the application receives and sends, seen from outside.

The usual path is one attribute check before the server's own `receive` and `send`, and `send` adds no
coroutine to the server's. Whatever is needed besides (the handshake, work held back, somebody waiting for
the connection to fall idle, a handler that may be restarted) sets `slow`, and only then is the rest looked
at. No frame is ever dropped: one that has been read but may not be handed out stays here, and the next real
`receive` is not made before it is taken, so that the server's back-pressure reaches the client.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .gate import Gate
from .over import nobody_there, nothing_more

__all__ = ["Channel", "Message", "Receive", "Send"]

# Any: an ASGI message is an open mapping by specification.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Watcher = Callable[[], None]
_GONE = "expected an open connection, got one that the upgrade closed, because its state could not follow"


class Channel:
    """What the application gets as `receive` and `send` of one connection."""

    __slots__ = (
        "_closed",
        "_disconnect",
        "_gate",
        "_intercepted",
        "_kept",
        "_own_gate",
        "_receive",
        "_send",
        "_watchers",
        "accepted",
        "connected",
        "parked",
        "sending",
        "slow",
        "subprotocol",
    )

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._intercepted = False
        self._gate = _OPEN
        self._own_gate: Gate | None = None
        self._disconnect: Message | None = None
        self._closed = False
        self._kept: deque[Message] | None = None
        self._watchers: list[Watcher] | None = None
        self.connected = False
        """True when the application has received `websocket.connect`."""
        self.accepted = False
        """True when the application has accepted the connection."""
        self.subprotocol: str | None = None
        """What it answered then."""
        self.parked = 0
        """How many callers wait in `receive`."""
        self.sending = 0
        """How many sends are under way, where an upgrade asks: only for a handler that may be restarted."""
        self.slow = True
        """True when there is more to do than to pass messages on; at first there is the handshake."""

    async def receive(self) -> Message:
        """The next message from the server; waits while work is held back.

        Whether the gate is closed needs no look before: one message may be read then, and is kept.
        """
        if self.slow:
            return await self._receive_slowly()
        # Loaded before it is called: CPython 3.11 has a quick way to load from a slot, none to call there.
        receive = self._receive
        self.parked += 1
        try:
            message = await receive()
        finally:
            self.parked -= 1
        if self.slow or self._gate.closed:
            return await self._hold_back(message)
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Pass one message on to the server. Raises `OSError`, as servers do, when the session was closed."""
        send = self._send_slowly if self.slow else self._send
        return send(message)

    def intercept(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Put `receive` and `send` in place of the server's; returns those.

        From then on it is the new `receive` that holds work back: it may have more to say than messages.
        """
        before = self._receive, self._send
        self._receive, self._send = receive, send
        self._intercepted = self.slow = True
        return before

    def share(self, gate: Gate) -> None:
        """From now on be held whenever this gate is closed, which many connections share."""
        self._gate = gate

    def hold(self) -> None:
        """From now on no new message of this connection reaches the application, until `let_go`."""
        if self._own_gate is None:
            self._own_gate = Gate()
        self._own_gate.close()
        self.slow = True

    def let_go(self) -> None:
        """Take back `hold`."""
        if self._own_gate is not None:
            self._own_gate.open()
            self._own_gate = None
            self._settle()

    @property
    def held(self) -> bool:
        """True while work is held back."""
        return self._gate.closed or self._own_gate is not None

    async def until_let_go(self) -> None:
        """Return when no work is held back."""
        while self.held:
            await (self._own_gate or self._gate).passed()

    def end(self, code: int, reason: str) -> None:
        """The application gets nothing but a disconnect from now on, and what it sends is refused."""
        self._disconnect = {"type": "websocket.disconnect", "code": code, "reason": reason}
        self.slow = True

    @property
    def ended(self) -> bool:
        """True once `end` was called."""
        return self._disconnect is not None

    def disconnected(self) -> Message:
        """The disconnect that `end` left."""
        assert self._disconnect is not None
        return dict(self._disconnect)

    def forget(self) -> None:
        """The connection is over: let go of the server's side of it."""
        self._receive, self._send = nothing_more, nobody_there

    async def close(self) -> None:
        """Close the connection to the client, once, with the code and the reason that `end` was given."""
        if self._closed:
            return
        self._closed = True
        gone = self.disconnected()
        await self._send({"type": "websocket.close", "code": gone["code"], "reason": gone["reason"]})

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` whenever the application may have fallen idle."""
        if self._watchers is None:
            self._watchers = []
        self._watchers.append(watcher)
        self.slow = True

    def unwatch(self, watcher: Watcher) -> None:
        """Stop calling `watcher`."""
        if self._watchers is not None and watcher in self._watchers:
            self._watchers.remove(watcher)
        self._settle()

    def tell(self) -> None:
        """The application may have fallen idle: say so to those who watch."""
        if self.slow:
            self._tell()

    def _tell(self) -> None:
        for watcher in tuple(self._watchers or ()):
            watcher()

    def _settle(self) -> None:
        handshake = not (self.connected and self.accepted)
        self.slow = bool(
            handshake
            or self._intercepted
            or self._own_gate
            or self._watchers
            or self._kept
            or self._disconnect
        )

    async def _receive_slowly(self) -> Message:
        if self._intercepted:
            return await self._receive()
        await self._before_receive()
        if self._disconnect is not None:
            return self.disconnected()
        if self._kept:
            return self._take_kept()
        self.parked += 1
        try:
            message = await self._receive()
        finally:
            self.parked -= 1
        self.connected = True
        return await self._hold_back(message)

    async def _send_slowly(self, message: Message) -> None:
        if self._disconnect is not None:
            raise OSError(_GONE)
        if not self.accepted and message["type"] == "websocket.accept":
            self.accepted = True
            self.subprotocol = message.get("subprotocol")
        self.sending += 1
        try:
            await self._send(message)
        finally:
            self.sending -= 1
            self._tell()
            self._settle()

    async def _before_receive(self) -> None:
        """Parked from the application's point of view: whoever waits for that is told."""
        self.parked += 1
        try:
            self._tell()
            await self.until_let_go()
        finally:
            self.parked -= 1

    async def _hold_back(self, message: Message) -> Message:
        """Keep the one message that was read while work is held back."""
        if self.held:
            self.keep(message)
            await self._before_receive()
            message = self._take_kept()
        return message if self._disconnect is None else self.disconnected()

    def keep(self, message: Message) -> None:
        """Put a message that nobody has handled before all that are still to come."""
        if self._kept is None:
            self._kept = deque()
        self._kept.append(message)
        self.slow = True

    def _take_kept(self) -> Message:
        assert self._kept
        message = self._kept.popleft()
        self._settle()
        return message


_OPEN = Gate()
"""The gate of a channel that shares none; nobody closes it."""
