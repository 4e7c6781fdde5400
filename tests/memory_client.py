"""A WebSocket client in the same process: no sockets, so that thousands of sessions cost little."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio

from upward_asgi.middleware import ASGIApp

__all__ = ["Client"]

_PATIENCE = 60.0
"""Seconds, in the loop's time, until a client gives up its answer."""


class Client:
    """One WebSocket connection, from the server's side of it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.asked = 0
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def connect(self, app: ASGIApp) -> None:
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
            "headers": [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "subprotocols": [],
            "state": {},
        }
        await app(scope, self._to_app.get, self._from_app.put)

    async def accepted(self) -> None:
        message = await self._from_app.get()
        assert message["type"] == "websocket.accept", message

    async def say(self, text: str) -> str:
        """Send a message and return the next one that comes."""
        self._to_app.put_nowait({"type": "websocket.receive", "text": text})
        with anyio.fail_after(_PATIENCE):
            message = await self._from_app.get()
        assert message["type"] == "websocket.send", message
        return str(message["text"])

    async def ask(self) -> tuple[str, str, str]:
        """One message and its answer: the helper's word, the count, the handler's own word."""
        self.asked += 1
        word, count, own = (await self.say("x")).split()
        assert int(count) == self.asked, f"{self.path}: message {self.asked} was answered as {count}"
        assert self._from_app.empty(), f"{self.path}: more than one answer"
        return word, count, own
