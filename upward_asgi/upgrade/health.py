"""Asking the application how it is, in the same process, without a socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import anyio

__all__ = ["App", "HealthCheck"]

# Any: an ASGI message is an open mapping by specification, and so is a scope.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_BAD = 400


class HealthCheck:
    """One `GET` of `path`, answered within `seconds` by a status below 400: healthy."""

    def __init__(self, path: str, seconds: float) -> None:
        self.path = path
        self._seconds = seconds

    async def passes(self, app: App) -> bool:
        """True when the application says that it is well."""
        status = 0

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]

        with anyio.move_on_after(self._seconds):
            try:
                await app(self._scope(), receive, send)
            except Exception:  # whoever serves the application logs it; here it only is a bad answer
                return False
            return 0 < status < _BAD
        return False

    def _scope(self) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 0),
            "server": ("localhost", 0),
            "state": {},
        }
