"""A WebSocket client in the same process: no sockets, so that thousands of sessions cost little."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import anyio

from ..middleware import ASGIApp

__all__ = ["Client"]

_PATIENCE = 60.0
"""Seconds, in the loop's time, until a client gives up its answer."""


class Client:
    """One WebSocket connection, from the server's side of it."""

    def __init__(self, path: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.path = path
        self._headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @property
    def waiting(self) -> int:
        """How many messages came that nobody has read."""
        return self._from_app.qsize()

    async def connect(self, app: ASGIApp) -> None:
        """Be served by the application until it ends the connection."""
        self._to_app.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "subprotocols": [],
            "state": {},
        }
        await app(scope, self._to_app.get, self._from_app.put)  # type: ignore[arg-type]

    async def accepted(self) -> None:
        """Return when the connection is open. Raises `ConnectionRefusedError`."""
        message = await self._from_app.get()
        if message["type"] != "websocket.accept":
            raise ConnectionRefusedError(f"{message['type']} {message.get('code', '')}")

    async def say(self, text: str) -> str:
        """Send a message and return the next one that comes. Raises `ConnectionResetError`."""
        self._to_app.put_nowait({"type": "websocket.receive", "text": text})
        with anyio.fail_after(_PATIENCE):
            message = await self._from_app.get()
        if message["type"] != "websocket.send":
            raise ConnectionResetError(f"{message['type']} {message.get('code', '')}")
        return str(message["text"])
