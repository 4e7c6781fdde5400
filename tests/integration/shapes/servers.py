"""The server stacks: each serves an application on a port of its own, in this process."""

from __future__ import annotations

import socket
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import anyio
import hypercorn.asyncio
from hypercorn.config import Config

from tests.serving import serving

__all__ = ["SOME_STACKS", "STACKS", "UVLOOP", "Stack"]

UVLOOP = "uvloop"
"""What the name of a stack ends with that is meant for this event loop."""
Stack = Callable[[Any], AbstractAsyncContextManager[str]]
"""Serves an application; gives `127.0.0.1:PORT`."""


def _uvicorn(ws: str) -> Stack:
    return partial(serving, ws=ws, lifespan="on")


@asynccontextmanager
async def _hypercorn(app: Any) -> AsyncIterator[str]:
    config = Config()
    config.loglevel = "CRITICAL"
    listening = socket.create_server(("127.0.0.1", 0))
    config.bind = [f"fd://{listening.detach()}"]
    over, started = anyio.Event(), anyio.Event()
    with socket.socket(fileno=int(config.bind[0].removeprefix("fd://"))) as known:
        address = f"127.0.0.1:{known.getsockname()[1]}"
        known.detach()

    async def announced(scope: Any, receive: Any, send: Any) -> None:
        async def watched_send(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                started.set()
            await send(message)

        await app(scope, receive, watched_send if scope["type"] == "lifespan" else send)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: hypercorn.asyncio.serve(announced, config, shutdown_trigger=over.wait))
        await started.wait()
        try:
            yield address
        finally:
            over.set()


@asynccontextmanager
async def _legacy(app: Any) -> AsyncIterator[str]:
    """The stack warns at each connection that it is a legacy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        async with _uvicorn("websockets")(app) as address:
            yield address


STACKS: dict[str, Stack] = {
    "uvicorn, websockets-sansio": _uvicorn("websockets-sansio"),
    "uvicorn, websockets (legacy)": _legacy,
    "uvicorn, wsproto": _uvicorn("wsproto"),
    "hypercorn": _hypercorn,
    f"uvicorn, websockets-sansio, {UVLOOP}": _uvicorn("websockets-sansio"),
}
SOME_STACKS = ("uvicorn, websockets-sansio",)
"""What the suite tries each time; `scripts/handler-shapes` tries all, in some minutes."""
