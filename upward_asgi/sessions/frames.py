"""The suspended frames of a task, through everything that it awaits, and whose task it is."""

from __future__ import annotations

import asyncio
import gc
import traceback
from collections.abc import Iterator
from contextvars import Context
from types import CoroutineType, FrameType

from .handle import CURRENT
from .run import RUN
from .session import Session

__all__ = ["context_of", "frames_of", "owner_of", "stack_of", "tasks_by_session"]


def context_of(task: asyncio.Task[object]) -> Context | None:
    """The context that `task` runs in; None when it has ended."""
    # `Task.get_context` came with Python 3.12.
    return next((one for one in gc.get_referents(task) if isinstance(one, Context)), None)


def owner_of(task: asyncio.Task[object]) -> Session | None:
    """The session whose handler started `task`, as its context tells; None when that handler has ended."""
    context = context_of(task)
    run = None if context is None else context.get(RUN)
    return None if context is None or (run is not None and run.stale) else context.get(CURRENT)


def tasks_by_session() -> dict[Session, list[asyncio.Task[object]]]:
    """Every task of the running loop that belongs to a session."""
    found: dict[Session, list[asyncio.Task[object]]] = {}
    for task in asyncio.all_tasks():
        owner = owner_of(task)
        if owner is not None:
            found.setdefault(owner, []).append(task)
    return found


def frames_of(awaited: object) -> Iterator[FrameType]:
    """The frames of a suspended coroutine, outermost first."""
    while awaited is not None:
        if isinstance(awaited, CoroutineType):
            if awaited.cr_frame is not None:
                yield awaited.cr_frame
            awaited = awaited.cr_await
        elif type(awaited).__name__ == "coroutine_wrapper":
            # What `__await__` of an object returns; it has no attribute that names its coroutine.
            inside = gc.get_referents(awaited)
            awaited = next((one for one in inside if isinstance(one, CoroutineType)), None)
        else:
            return


def stack_of(awaited: object) -> str:
    """The frames of a suspended coroutine as a traceback shows them."""
    lines = traceback.StackSummary.extract((frame, frame.f_lineno) for frame in frames_of(awaited))
    return "".join(lines.format())
