"""What a plain handler sees of its session."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar, cast

from packaging.version import Version

from ..errors import CodeChangeError, ConfigurationError
from .channel import Channel, Message
from .session import UNKNOWN, Session

__all__ = ["CURRENT", "EXTENSION", "Connection", "Handle", "session"]

S = TypeVar("S")
F = TypeVar("F", bound=Callable[[Version], object])
EXTENSION = "upward"
"""The key of the session in `scope["extensions"]`."""
CURRENT: ContextVar[Session | None] = ContextVar("upward_session", default=None)
"""The session that the running handler, and every task it started, belongs to."""


class Connection(Protocol):
    """Anything with an ASGI scope: Starlette's `WebSocket` and `Request`."""

    @property
    def scope(self) -> object:
        """The ASGI scope."""
        ...


class Handle:
    """One session, as its handler sees it: the same object from connect to disconnect.

    It survives a restart of the handler, so it is what belongs into a room; a `WebSocket` object does not.
    """

    __slots__ = ("__weakref__", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def id(self) -> str:
        """The session's id; an empty string without the middleware."""
        return self._session.id

    @property
    def resumed(self) -> bool:
        """True in a handler that an upgrade started anew on a connection that was open before."""
        return self._session.resumed

    @property
    def upgrading(self) -> bool:
        """True while the handler is being ended for an upgrade: the client stays, so leave no room."""
        return self._session.upgrading

    def state(self, kind: type[S], make: Callable[[], S] | None = None) -> S:
        """The session's state, made by `make` (or `kind()`) when it has none yet.

        Ask for it at each message rather than keeping it in a local variable: after an upgrade it may be
        another object. Raises `CodeChangeError` when the state is of another type.
        """
        session = self._session
        if session.state is None:
            session.state = kind() if make is None else make()
        if not isinstance(session.state, kind):
            raise CodeChangeError(
                expected=f"the state of session {session.id} to be a {kind.__qualname__}",
                got=f"a {session.state_type}",
                do="return the new type from a code_change that is registered for the old one",
            )
        return session.state

    def replace_state(self, state: object) -> None:
        """Make `state` the session's state."""
        self._session.state = state

    def upgraded(self, function: F) -> F:
        """Have `function(old_vsn)` called after each upgrade: push what this session's user should now see.

        `old_vsn` is the release that the user saw before, a `Down` after a rollback. It is called between two
        messages, in a copy of the handler's context, as its module has it then; it may be async. A handler
        that an upgrade starts anew registers its own. Also a decorator. Raises `ConfigurationError` for a
        `LiveSession`, which has a method for it.
        """
        if getattr(self._session.holder, "notify_upgraded", None) is not None:
            raise ConfigurationError(
                expected="the session of a plain handler or of an endpoint",
                got=f"session {self._session.id} of a LiveSession",
                do="write a method `async def upgraded(self, old_vsn)`",
            )
        self._session.on_upgraded = function
        return function

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """A section that an upgrade must not fall into: it waits until the section is left."""
        self._session.busy += 1
        self._session.sections += 1
        try:
            yield
        finally:
            self._session.busy -= 1
            self._session.sections -= 1
            self._session.channel.tell()

    def post(self, message: object) -> bool:
        """Put `message` into the mailbox of a `LiveSession`; False when the session has ended."""
        post = getattr(self._session.holder, "post", None)
        if post is None:
            raise ConfigurationError(
                expected="a LiveSession to post to",
                got=f"session {self._session.id or '(none)'} of a plain handler",
                do="send to it with send_text, send_bytes or send_json",
            )
        return bool(post(message))

    async def send_text(self, data: str) -> None:
        """Send a text frame to the client."""
        await self._send({"type": "websocket.send", "text": data})

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame to the client."""
        await self._send({"type": "websocket.send", "bytes": data})

    async def send_json(self, data: object) -> None:
        """Send `data` as JSON in a text frame."""
        await self.send_text(json.dumps(data, separators=(",", ":"), ensure_ascii=False))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection."""
        await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _send(self, message: Message) -> None:
        await self._session.send(message)


def session(connection: Connection | dict[str, object] | None = None) -> Handle:
    """The session of a `WebSocket`, a `Request` or a scope; without one, the session of the running handler.

    Without the middleware it is a session of its own that no upgrade knows: its state works, and it is never
    `resumed` or `upgrading`.
    """
    scope = connection if isinstance(connection, dict) else getattr(connection, "scope", None)
    found = _of_scope(scope) if isinstance(scope, dict) else CURRENT.get()
    if found is None:
        found = _unknown(scope if isinstance(scope, dict) else None)
    if found.handle is None:
        found.handle = Handle(found)
    return cast(Handle, found.handle)


def _of_scope(scope: dict[str, object]) -> Session | None:
    extensions = scope.get("extensions")
    found = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return found if isinstance(found, Session) else None


def _unknown(scope: dict[str, object] | None) -> Session:
    """A session outside the registry; kept in the scope, so that the next call finds the same one."""
    path = scope.get("path", "") if scope is not None else ""
    channel = Channel(_nothing_to_receive, _nowhere_to_send)
    lonely = Session(id="", kind="websocket", path=str(path), release=UNKNOWN, channel=channel)
    if scope is not None:
        extensions = scope.get("extensions")
        scope["extensions"] = {**(extensions if isinstance(extensions, dict) else {}), EXTENSION: lonely}
    return lonely


def _no_connection() -> ConfigurationError:
    return ConfigurationError(
        expected="a session of a connection that the middleware sees",
        got="a session outside the middleware",
        do="wrap the application in upward_asgi.Upward, or send through the WebSocket object",
    )


async def _nothing_to_receive() -> Message:
    raise _no_connection()


async def _nowhere_to_send(message: Message) -> None:
    raise _no_connection()
