"""Which suspended frames stand in a function that a patch changes.

A suspended frame keeps its old code object whatever happens to the function; only frames of changed
functions are
old code. Tasks are followed through what they await: coroutines, generators, async generators, and the
wrapper that `__await__` returns, whose coroutine only the collector can show.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any

from .changed import ChangedCode, FunctionPlace

__all__ = ["code_of_task", "code_of_threads", "standing", "suspended_in", "threads_standing"]


def standing(task: asyncio.Task[Any], changed: ChangedCode) -> FunctionPlace | None:
    """The changed function in which the task is suspended, the innermost first; None when in none."""
    places = [place for code in code_of_task(task) if (place := changed.find(code)) is not None]
    return places[-1] if places else None


def threads_standing(changed: ChangedCode) -> dict[int, FunctionPlace]:
    """Other threads that run a changed function now, by thread id."""
    found: dict[int, FunctionPlace] = {}
    for thread, code in code_of_threads():
        place = changed.find(code)
        if place is not None:
            found.setdefault(thread, place)
    return found


def code_of_task(task: asyncio.Task[Any]) -> Iterator[CodeType]:
    """The code objects of the frames a task is suspended in, the outermost first."""
    return map(_code_of, suspended_in(task))


def _code_of(suspended: Any) -> CodeType:
    if isinstance(suspended, CoroutineType):
        return suspended.cr_code
    code: CodeType = suspended.gi_code if isinstance(suspended, GeneratorType) else suspended.ag_code
    return code


def suspended_in(task: asyncio.Task[Any]) -> Iterator[Any]:
    """The coroutines and generators a task is suspended in, the outermost first."""
    awaited: Any = task.get_coro()
    seen: set[int] = set()
    while awaited is not None and id(awaited) not in seen:
        seen.add(id(awaited))
        if isinstance(awaited, CoroutineType):
            # Not `cr_frame`: asking for it makes a frame object for each of many thousand coroutines.
            if not (awaited.cr_suspended or awaited.cr_running):  # it has ended, or has not begun
                if awaited.cr_frame is not None:
                    yield awaited
                return
            yield awaited
            awaited = awaited.cr_await
        elif isinstance(awaited, GeneratorType):
            yield awaited
            awaited = awaited.gi_yieldfrom
        elif isinstance(awaited, AsyncGeneratorType):
            yield awaited
            awaited = awaited.ag_await
        else:
            awaited = _behind(awaited)


def _behind(awaited: Any) -> Any:
    """What a `coroutine_wrapper` or an async generator's `asend` hides."""
    if isinstance(awaited, asyncio.Future):
        return None
    kinds = (CoroutineType, GeneratorType, AsyncGeneratorType)
    return next((item for item in gc.get_referents(awaited) if isinstance(item, kinds)), None)


def code_of_threads() -> Iterator[tuple[int, CodeType]]:
    """The code objects on the stacks of all other threads."""
    here = sys._getframe()
    for thread, frame in sys._current_frames().items():
        current: FrameType | None = frame
        if _same_stack(frame, here):
            continue
        while current is not None:
            yield thread, current.f_code
            current = current.f_back


def _same_stack(top: FrameType, here: FrameType) -> bool:
    current: FrameType | None = here
    while current is not None:
        if current is top:
            return True
        current = current.f_back
    return False
