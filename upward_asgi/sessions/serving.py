"""One connection from its first message to its last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from .handle import CURRENT, EXTENSION
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
    """Call the application for a connection; returns, or raises, as the application does."""
    session.task = asyncio.current_task()
    token = CURRENT.set(session)
    try:
        await target.app(fresh_scope(scope, session), session.channel.receive, session.channel.send)
    finally:
        CURRENT.reset(token)


def fresh_scope(scope: Scope, session: Session) -> Scope:
    """A copy for the application: routers and middlewares change it in place."""
    copy = dict(scope)
    copy["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: session}
    if "state" in scope:
        copy["state"] = scope["state"].copy()
    return copy
