"""A real uvicorn in this process, on a port of its own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import uvicorn

__all__ = ["serving"]


@asynccontextmanager
async def serving(app: Any, **options: Any) -> AsyncIterator[str]:
    """Serve `app` while the context is open, with these options of uvicorn; gives `127.0.0.1:PORT`."""
    usual = {"port": 0, "ws": "websockets-sansio", "log_level": "critical"}
    server = uvicorn.Server(uvicorn.Config(app, **{**usual, **options}))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    started, startup = anyio.Event(), server.startup

    async def announced(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = announced  # type: ignore[method-assign]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        await started.wait()
        try:
            yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
