"""What takes the place of the server's `receive` and `send` when a connection is over.

The server's side has the scope, and the scope has the session: a session that kept the server's side would
make a circle of them, and their buffers would wait for a full collection, which a busy service seldom makes.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

__all__ = ["nobody_there", "nothing_more"]

_NO_STATUS = 1005


async def nothing_more() -> MutableMapping[str, Any]:
    """Say that the client is gone, as servers do who are asked again."""
    return {"type": "websocket.disconnect", "code": _NO_STATUS, "reason": ""}


async def nobody_there(message: MutableMapping[str, Any]) -> None:
    """Refuse to send, as servers do. Raises `OSError`."""
    raise OSError("expected an open connection, got one that is over; do not send after the disconnect")
