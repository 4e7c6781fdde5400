"""The ASGI application: one page, one WebSocket, one folder of static files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from .disk import load, save
from .live import BoardSession
from .pages import STATIC, page
from .ticker import ticker
from .wall import wall

__all__ = ["app"]


async def show(request: Request) -> HTMLResponse:
    """The page. Everything after it comes through the WebSocket."""
    return HTMLResponse(page())


async def notes(request: Request) -> PlainTextResponse:
    """The wall as plain text, the newest note first."""
    return PlainTextResponse("".join(f"{note.author}: {note.text}\n" for note in reversed(wall.notes)))


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The wall is read at the start and written at the end; the ticker runs in between."""
    load(wall)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ticker)
        yield
        tasks.cancel_scope.cancel()
    save(wall)


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", show),
        Route("/notes.txt", notes),
        WebSocketRoute("/live", BoardSession),
        Mount("/static", StaticFiles(directory=STATIC)),
    ],
)
