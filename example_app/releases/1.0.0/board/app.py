"""The ASGI application: one page, one WebSocket, one folder of static files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from .live import BoardSession
from .pages import STATIC, page
from .ticker import ticker

__all__ = ["app"]


async def show(request: Request) -> HTMLResponse:
    """The page. Everything after it comes through the WebSocket."""
    return HTMLResponse(page())


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The ticker runs as long as the application."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ticker)
        yield
        tasks.cancel_scope.cancel()


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", show),
        WebSocketRoute("/live", BoardSession),
        Mount("/static", StaticFiles(directory=STATIC)),
    ],
)
