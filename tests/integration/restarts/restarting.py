"""A service whose handlers are restarted, without a store: a label says whether old or new code runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

import upward_asgi
from upward_asgi.middleware import Upward

__all__ = ["EVENTS", "LABEL", "STACKS", "Chat", "loop", "service_of", "upgrade", "wait_for_sessions"]

STACKS = ["websockets-sansio", "wsproto"]
LABEL = ["old"]
"""The code that handlers run which begin now."""
EVENTS: list[str] = []


@dataclass
class Chat:
    seen: int = 0


def service_of(*handlers: Callable[..., Awaitable[None]], **options: Any) -> Upward:
    routes = [WebSocketRoute("/ws", upward_asgi.upgradable(handler)) for handler in handlers]
    return Upward(Starlette(routes=routes, **options))


async def upgrade(service: Upward) -> dict[str, BaseException | None]:
    """What the engine does after a commit that changed the handler."""
    LABEL[0] = "new"
    return await service.sessions.restart(service.sessions.open())


async def wait_for_sessions(service: Upward, count: int) -> None:
    while len(service.sessions) != count:
        await anyio.lowlevel.checkpoint()


async def loop(websocket: WebSocket) -> None:
    """The shape of the tutorials: receive and answer until the client leaves."""
    label = LABEL[0]
    await websocket.accept()
    session = upward_asgi.session(websocket)
    EVENTS.append(f"{label} begins, resumed {session.resumed}")
    try:
        while True:
            text = await websocket.receive_text()
            session.state(Chat).seen += 1
            await websocket.send_text(f"{label} {text} {session.state(Chat).seen}")
    except WebSocketDisconnect as left:
        EVENTS.append(f"{label} left by {left.code}, upgrading {session.upgrading}")
