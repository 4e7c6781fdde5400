"""Runs a coroutine so that each of its suspensions is a point, at which a fault may happen."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Protocol

import upward_asgi
from tests.faults.points import WAY, Fault, Injected, Kind

__all__ = ["OURS", "Drive", "Tasks", "Watcher", "name_of"]

OURS = str(Path(upward_asgi.__file__).parent)


class Watcher(Protocol):
    """What is told of every suspension: a `recorder.Recorder`."""

    fault: Fault | None
    cancelled: asyncio.Event

    def reach(self, kind: Kind, place: str, *, waits: bool = True) -> bool:
        """True when the fault is to happen here."""
        ...

    def is_ours(self, code: CodeType) -> bool:
        """True for code whose suspensions count."""
        ...


class Drive:
    """Awaits a coroutine, step by step."""

    def __init__(self, watcher: Watcher, kind: Kind, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._watcher, self._kind, self._coroutine = watcher, kind, coroutine
        self._later: asyncio.TimerHandle | None = None

    def __await__(self) -> Iterator[Any]:
        error: BaseException | None = None
        while True:
            try:
                waited = self._coroutine.send(None) if error is None else self._coroutine.throw(error)
            except StopIteration as end:
                return end.value
            place = self._place()
            here = place != "" and self._watcher.reach(self._kind, place, waits=waited is not None)
            try:
                yield self._before_waiting(waited) if here else waited
                error = Injected("injected") if here and self._watcher.fault is Fault.RAISE else None
            except BaseException as thrown:
                error = thrown
            if self._later is not None:
                self._later.cancel()

    def _place(self) -> str:
        """The functions of ours that stand here, the outermost first."""
        frames = (frame for frame in _suspended(self._coroutine) if self._watcher.is_ours(frame.f_code))
        return WAY.join(map(name_of, frames))

    def _before_waiting(self, waited: Any) -> Any:
        fault = self._watcher.fault
        if fault is Fault.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if fault is Fault.CANCEL:
            self._watcher.cancelled.set()
        if fault is not Fault.HANG:
            return waited
        loop = asyncio.get_running_loop()
        self._later = _hours_pass(loop)
        never = loop.create_future()
        never._asyncio_future_blocking = True
        return never


class Tasks:
    """A task factory: the tasks that a driven task starts are driven as well."""

    def __init__(self, watcher: Watcher, operation: asyncio.Task[Any] | None) -> None:
        self._watcher = watcher
        self._driven = {operation}

    def __call__(
        self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **options: Any
    ) -> asyncio.Task[Any]:
        if asyncio.current_task() not in self._driven:
            return asyncio.Task(coroutine, loop=loop, **options)
        task = asyncio.Task(self._drive(coroutine), loop=loop, **options)
        self._driven.add(task)
        return task

    async def _drive(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return await Drive(self._watcher, Kind.TASK, coroutine)


def name_of(frame: FrameType) -> str:
    """The function that a frame runs, with its file."""
    file = Path(frame.f_code.co_filename)
    shown = file.relative_to(OURS) if file.is_relative_to(OURS) else file.name
    return f"{shown}:{frame.f_code.co_qualname}"


def _hours_pass(loop: asyncio.AbstractEventLoop) -> asyncio.TimerHandle:
    """Whoever waits with a time limit finds that it is over; later, the limit behind the others is too."""
    real = loop.time
    loop.time = lambda: real() + 600.0  # type: ignore[method-assign]
    return loop.call_later(1.0, lambda: setattr(loop, "time", lambda: real() + 36_000.0))


def _suspended(coroutine: Any) -> Iterator[FrameType]:
    """The frames that a suspended coroutine stands in, the outermost first."""
    inner = coroutine
    while inner is not None:
        frame = next(filter(None, (getattr(inner, name, None) for name in _FRAMES)), None)
        if frame is not None:
            yield frame
        inner = next(filter(None, (getattr(inner, name, None) for name in _INNER)), None)


_FRAMES = ("cr_frame", "gi_frame", "ag_frame")
_INNER = ("cr_await", "gi_yieldfrom", "ag_await")
