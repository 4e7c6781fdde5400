"""One connection from its first message to its last."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

from .channel import Channel, Receive, Send
from .handle import CURRENT
from .pristine import Pristine, introduce
from .registry import Sessions
from .restart import Restart, restart_of
from .session import Session
from .target import Serves

__all__ = ["Connection"]

# Any: an ASGI scope is an open mapping by specification.
Scope = MutableMapping[str, Any]


class Connection:
    """A WebSocket that is served: a session while the context is open.

    A context, and no coroutine that calls the application, because an idle session keeps the frame of each.
    """

    __slots__ = ("_before", "_pristine", "_sessions", "configured", "session")

    def __init__(self, sessions: Sessions, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin the session; no work may be held back at this moment."""
        self._sessions = sessions
        self._before = CURRENT.get()
        self._pristine = Pristine(scope)
        self.session = sessions.begin("websocket", scope.get("path", ""), Channel(receive, send))
        self.session.task = asyncio.current_task()
        self.configured = sessions.routes.match(self.session.path)
        """True when its handlers may be restarted without a mark."""
        introduce(scope, self.session)

    async def __aenter__(self) -> Session:
        CURRENT.set(self.session)
        return self.session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self._sessions.crashes += 1
        CURRENT.set(self._before)
        try:
            if self.session.channel.ended:
                await self._tell_client()
            if isinstance(self.session.restart, Restart):
                await self.session.restart.close()
        finally:
            self._sessions.end(self.session)
            self.session.channel.forget()

    async def _tell_client(self) -> None:
        """The upgrade ended the session, and its handler left before the client was told."""
        with contextlib.suppress(OSError):  # the client has left by itself
            await self.session.channel.close()

    async def supervise(self, target: Serves, scope: Scope) -> None:
        """Call the application in a task of its own, as a marked handler is called: it may be restarted."""
        channel = self.session.channel
        restart = restart_of(self.session)  # from now on the channel is the restart's
        await restart.supervise(lambda: target.app(scope, channel.receive, channel.send))

    async def serve_again(self, target: Serves) -> None:
        """Call the application for each run after the first; middleware and auth run again: wanted."""
        session = self.session
        restart = session.restart
        assert isinstance(restart, Restart)
        while await restart.begin_again():
            session.task = asyncio.current_task()
            scope = self._pristine.scope()
            introduce(scope, session)
            try:
                if self.configured:
                    await self.supervise(target, scope)
                else:
                    await target.app(scope, session.channel.receive, session.channel.send)
                await restart.returned()
            except Exception as error:
                await restart.way_back(error)
