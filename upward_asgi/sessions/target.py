"""What serves connections, as far as a session knows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

__all__ = ["Serves"]


class Serves(Protocol):
    """What holds the application; after an upgrade `app` may be another object."""

    @property
    def app(self) -> Callable[[Any, Any, Any], Awaitable[None]]:
        """The ASGI application."""
        ...
