"""How many bytes of memory the service has in use, told over HTTP beside what it serves."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["PATH", "SETTINGS", "telling"]

# Any: ASGI scopes and messages are open mappings by specification.
ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]
PATH = "/in-use"
SETTINGS = {"PYTHONMALLOC": "malloc", "MALLOC_ARENA_MAX": "1"}
"""The environment of a process that has all memory from one place, which knows how much of it is in use."""
_FIELDS = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)


class _MallInfo(ctypes.Structure):
    """What `mallinfo2` returns (GNU C library 2.33 and later; `man mallinfo`)."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in _FIELDS)


def telling(app: ASGIApp) -> ASGIApp:
    """`app`, but a request for `PATH` is answered with the bytes in use right after a full collection."""

    async def service(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(_in_use()).encode()})

    return service


def _in_use() -> int:
    gc.collect()
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = _MallInfo
    said = ask()
    return int(said.uordblks + said.hblkhd)
