"""A real uvicorn in this process, on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from .applications import App

__all__ = ["serving"]


@asynccontextmanager
async def serving(app: App, *, ws: str = "auto", lifespan: str = "off") -> AsyncIterator[int]:
    """Serve `app` while the context is open; gives the port. `ws` names uvicorn's WebSocket protocol."""
    config = uvicorn.Config(
        app,
        port=0,
        ws=ws,  # type: ignore[arg-type]
        http="h11",
        lifespan=lifespan,  # type: ignore[arg-type]
        ws_ping_interval=None,  # the cheapest of clients answer no pings
        log_level="critical",
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    started, startup = asyncio.Event(), server.startup

    async def announced(sockets: None = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = announced  # type: ignore[assignment, method-assign]
    task = asyncio.ensure_future(server.serve())
    await asyncio.wait({task, asyncio.ensure_future(started.wait())}, return_when="FIRST_COMPLETED")
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
