"""One connection from its first message to its last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from .handle import CURRENT, EXTENSION
from .restart import Restart
from .session import Session

__all__ = ["serve"]

# Any: an ASGI scope is an open mapping by specification.
Scope = MutableMapping[str, Any]


class Serves(Protocol):
    """What holds the application; after an upgrade `app` may be another object."""

    @property
    def app(self) -> Callable[[Any, Any, Any], Awaitable[None]]:
        """The ASGI application."""
        ...


async def serve(target: Serves, session: Session, scope: Scope) -> None:
    """Call the application for a connection, anew for every restart; returns, or raises, as it does."""
    session.task = asyncio.current_task()
    token = CURRENT.set(session)
    channel = session.channel
    try:
        await target.app(fresh_scope(scope, session), channel.receive, channel.send)
        if session.restart is not None:
            await _serve_again(target, session, session.restart, scope)
    finally:
        CURRENT.reset(token)
        if session.restart is not None:
            await session.restart.close()


async def _serve_again(target: Serves, session: Session, restart: Restart, scope: Scope) -> None:
    """Call the application for each run after the first; middleware and auth run again, which is wanted."""
    channel = session.channel
    while restart.begin_again():
        session.task = asyncio.current_task()
        try:
            await target.app(fresh_scope(scope, session), channel.receive, channel.send)
        except Exception as error:
            await restart.way_back(error)


def fresh_scope(scope: Scope, session: Session) -> Scope:
    """A copy for the application: routers and middlewares change it in place."""
    copy = dict(scope)
    copy["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: session}
    if "state" in scope:
        copy["state"] = scope["state"].copy()
    return copy
