"""The ASGI application."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

import upward_asgi

from .handlers import Endpoint, Live, plain, restarted
from .room import ROOM


async def beat() -> None:
    """One broadcast; called every second."""
    ROOM.cast()
    len("r0")


@asynccontextmanager
async def lifespan(app):
    """Broadcast for as long as the service runs."""
    async with upward_asgi.background(beat, every=float(os.environ.get("SOAK_BEAT", "1"))):
        yield


app = Starlette(
    routes=[
        WebSocketRoute("/plain", plain),
        WebSocketRoute("/restarted", restarted),
        WebSocketRoute("/endpoint", Endpoint),
        WebSocketRoute("/live", Live),
    ],
    lifespan=lifespan,
)
