"""Sessions simulated at the ASGI boundary: real sessions of the real middleware, without sockets.

Each is the coroutine that a server would run for a connection, with a `receive` that waits on a future. So
everything above the server is what it is in production: tasks, routing, `LiveSession`, the registry.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from upward_asgi import Upward

__all__ = ["Connection", "connect_many"]

_AT_ONCE = 500


class Connection:
    """One WebSocket as its server sees it."""

    __slots__ = ("_arrived", "_inbox", "_sent", "task")

    def __init__(self) -> None:
        self._inbox: deque[dict[str, Any]] = deque([{"type": "websocket.connect"}])
        self._arrived: asyncio.Future[None] | None = None
        self._sent: asyncio.Queue[dict[str, Any]] | None = None
        self.task: asyncio.Task[None] | None = None

    def open(self, upward: Upward) -> None:
        """Serve it, as a server would."""
        self.task = asyncio.ensure_future(upward(_scope(), self._receive, self._send))

    async def ask(self, text: str) -> str:
        """Send a frame and return the answer."""
        self._sent = asyncio.Queue()
        self._inbox.append({"type": "websocket.receive", "text": text})
        self._wake()
        answer = await self._sent.get()
        self._sent = None
        return str(answer["text"])

    def close(self) -> None:
        """The client leaves."""
        self._inbox.append({"type": "websocket.disconnect", "code": 1000})
        self._wake()

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    async def _receive(self) -> dict[str, Any]:
        while not self._inbox:
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        return self._inbox.popleft()

    async def _send(self, message: dict[str, Any]) -> None:
        if self._sent is not None:
            self._sent.put_nowait(message)


async def connect_many(upward: Upward, count: int) -> list[Connection]:
    """Open sessions that have all handled one message and wait for the next."""
    connections = [Connection() for _ in range(count)]
    for start in range(0, count, _AT_ONCE):
        some = connections[start : start + _AT_ONCE]
        for connection in some:
            connection.open(upward)
        await asyncio.gather(*(connection.ask("hello") for connection in some))
    return connections


def _scope() -> dict[str, Any]:
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "ws",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "root_path": "",
        "path": "/ws",
        "raw_path": b"/ws",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"upgrade", b"websocket")],
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
        "state": {},
    }
