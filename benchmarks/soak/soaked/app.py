"""The ASGI application."""

from __future__ import annotations

import gc
import os
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

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


async def collect(request):
    """Have everything collected that nobody can reach any more."""
    gc.collect()
    return Response(status_code=204)


app = Starlette(
    routes=[
        Route("/collect", collect, methods=["POST"]),
        WebSocketRoute("/plain", plain),
        WebSocketRoute("/restarted", restarted),
        WebSocketRoute("/endpoint", Endpoint),
        WebSocketRoute("/live", Live),
    ],
    lifespan=lifespan,
)
