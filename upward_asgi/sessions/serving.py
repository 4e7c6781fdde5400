"""One connection from its first message to its last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from .channel import Channel, Receive, Send
from .handle import CURRENT, EXTENSION
from .registry import Sessions
from .restart import Restart
from .session import Session

__all__ = ["serve"]

# Any: an ASGI scope is an open mapping by specification.
Scope = MutableMapping[str, Any]
_KEYS: dict[tuple[str, ...], tuple[str, ...]] = {}
"""The keys of scopes, which are the same for all connections of a server: kept once."""


class Serves(Protocol):
    """What holds the application; after an upgrade `app` may be another object."""

    @property
    def app(self) -> Callable[[Any, Any, Any], Awaitable[None]]:
        """The ASGI application."""
        ...


async def serve(sessions: Sessions, target: Serves, scope: Scope, receive: Receive, send: Send) -> None:
    """Call the application for a connection, anew for every restart; returns, or raises, as it does.

    All in one coroutine, because an idle session keeps the frame of each.
    """
    channel = Channel(receive, send)
    session = sessions.begin("websocket", scope.get("path", ""), channel)
    session.task = asyncio.current_task()
    token = CURRENT.set(session)
    pristine = Pristine(scope)
    _introduce(scope, session)
    try:
        await target.app(scope, channel.receive, channel.send)
        if session.restart is not None:
            await _serve_again(target, session, session.restart, pristine)
    except Exception:
        sessions.crashes += 1
        raise
    finally:
        CURRENT.reset(token)
        if session.restart is not None:
            await session.restart.close()
        sessions.end(session)


async def _serve_again(target: Serves, session: Session, restart: Restart, pristine: Pristine) -> None:
    """Call the application for each run after the first; middleware and auth run again, which is wanted."""
    channel = session.channel
    while restart.begin_again():
        session.task = asyncio.current_task()
        scope = pristine.scope()
        _introduce(scope, session)
        try:
            await target.app(scope, channel.receive, channel.send)
        except Exception as error:
            await restart.way_back(error)


class Pristine:
    """A scope as the server made it: routers and middlewares change theirs in place."""

    __slots__ = ("_keys", "_state", "_values")

    def __init__(self, scope: Scope) -> None:
        keys = tuple(scope)
        self._keys = _KEYS.setdefault(keys, keys)
        self._values = tuple(scope.values())
        self._state: dict[str, Any] | None = dict(scope["state"]) if scope.get("state") else None

    def scope(self) -> Scope:
        """A fresh copy."""
        made = dict(zip(self._keys, self._values, strict=True))
        if "state" in made:
            made["state"] = dict(self._state or {})
        return made


def _introduce(scope: Scope, session: Session) -> None:
    """Have `session(websocket)` find the session in the scope."""
    scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: session}
