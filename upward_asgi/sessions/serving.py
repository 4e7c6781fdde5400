"""One connection from its first message to its last."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from .channel import Channel, Receive, Send
from .handle import CURRENT
from .pristine import Pristine, introduce
from .registry import Sessions
from .restart import Restart
from .session import Session
from .target import Serves

__all__ = ["serve"]

# Any: an ASGI scope is an open mapping by specification.
Scope = MutableMapping[str, Any]


async def serve(sessions: Sessions, target: Serves, scope: Scope, receive: Receive, send: Send) -> None:
    """Call the application for a connection, anew for every restart; returns, or raises, as it does.

    All in one coroutine, because an idle session keeps the frame of each.
    """
    if sessions.held:
        await sessions.until_let_go()  # it begins in the release that comes of the upgrade
    channel = Channel(receive, send)
    session = sessions.begin("websocket", scope.get("path", ""), channel)
    session.task = asyncio.current_task()
    token = CURRENT.set(session)
    pristine = Pristine(scope)
    introduce(scope, session)
    try:
        await target.app(scope, channel.receive, channel.send)
        if isinstance(session.restart, Restart):
            await _serve_again(target, session, session.restart, pristine)
    except Exception:
        sessions.crashes += 1
        raise
    finally:
        CURRENT.reset(token)
        if isinstance(session.restart, Restart):
            await session.restart.close()
        sessions.end(session)


async def _serve_again(target: Serves, session: Session, restart: Restart, pristine: Pristine) -> None:
    """Call the application for each run after the first; middleware and auth run again, which is wanted."""
    channel = session.channel
    while restart.begin_again():
        session.task = asyncio.current_task()
        scope = pristine.scope()
        introduce(scope, session)
        try:
            await target.app(scope, channel.receive, channel.send)
        except Exception as error:
            await restart.way_back(error)
