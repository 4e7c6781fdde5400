"""`@upgradable`: the mark of a handler that may be restarted."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from .handle import CURRENT
from .restart import restart_of
from .run import RUN

__all__ = ["upgradable"]

P = ParamSpec("P")
T = TypeVar("T")


def upgradable(handler: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T | None]]:
    """Mark a plain handler of a WebSocket, or of an event stream: an upgrade that changes it may restart it.

    Put it below the route's decorator. The handler runs in a task of its own. What it must bring: it leaves
    on a disconnect, and it takes up its state again from `session(websocket).state(...)`.
    A handler of events goes on after the `Last-Event-ID` of its request.
    """

    @functools.wraps(handler)
    async def supervised(*args: P.args, **kwargs: P.kwargs) -> T | None:
        session = CURRENT.get()
        run = RUN.get()
        nested = run is not None and run.task is not None and not run.stale
        if session is not None and session.stream is not None:
            session.restart = session.stream
            session.code = getattr(inspect.unwrap(handler), "__code__", None)
        if session is None or session.kind != "websocket" or nested:
            return await handler(*args, **kwargs)
        return await restart_of(session).supervise(functools.partial(handler, *args, **kwargs))

    return supervised
