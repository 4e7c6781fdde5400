"""Finds the points of an upgrade by watching one, and lets a fault happen at one of them in another.

Nothing here lists steps by hand. A recorder sits at the places that every step goes through: the suspensions
of the operation's task and of the tasks that this starts itself, the entries of the patch's journal, the undo
stack of the commit, and the phases of the operation. So an await or a journal entry that is new tomorrow is a
point tomorrow. `lines` adds every line of our own code that the commit runs.

The same recorder replays: it counts points in the same way, and at the one that is asked for it raises,
cancels, hangs or kills. Points in the rehearsal's copy of the process do not count.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import CodeType, FrameType
from typing import Any

from tests.faults.points import Fault, Injected, Kind, Point
from tests.faults.suspensions import OURS, Drive, Tasks, name_of
from upward_asgi.patch import journal
from upward_asgi.upgrade import change_over, commit, engine, operation

__all__ = ["Recorder"]


class Recorder:
    """Watches one operation; with `at` and `fault`, lets that happen there.

    Code counts as ours in the package, and in the file `also`.
    """

    def __init__(
        self, at: Point | None = None, fault: Fault | None = None, *, lines: bool = False, also: str = OURS
    ) -> None:
        self.points: list[Point] = []
        self.fault = fault
        self.reached = False
        """True once the fault has happened."""
        self.cancelled = asyncio.Event()
        """Set when the service is to end, because the fault is a cancellation at an await."""
        self.phase = "requested"
        self.kind = None if at is None else at.kind
        self._at = at
        self._lines = lines or (at is not None and at.kind is Kind.LINE)
        self._times: Counter[Point] = Counter()
        self._ours = (OURS, also)
        self._pid = os.getpid()

    @contextmanager
    def installed(self) -> Iterator[Recorder]:
        """Watch this process while this context is open."""
        self._pid = os.getpid()
        places: list[tuple[Any, str, Any]] = [
            (engine.Engine, "_carry_out", _driven(self, engine.Engine._carry_out)),
            (journal.Journal, "__init__", _with_list(self, journal.Journal, "_entries", Kind.JOURNAL)),
            (commit.Commit, "__init__", _with_list(self, commit.Commit, "_undo", Kind.UNDO)),
            (operation.Operation, "happened", _phases(self, operation.Operation.happened)),
        ]
        if self._lines:
            whole = change_over.ChangeOver._advance
            places.append((change_over.ChangeOver, "_advance", _traced(self, whole)))
        before = [(owner, name, owner.__dict__[name]) for owner, name, _ in places]
        for owner, name, value in places:
            setattr(owner, name, value)
        try:
            yield self
        finally:
            for owner, name, value in before:
                setattr(owner, name, value)

    async def drive(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What the coroutine returns; its suspensions and those of tasks that it starts are points."""
        loop = asyncio.get_running_loop()
        before = loop.get_task_factory()
        loop.set_task_factory(Tasks(self, asyncio.current_task()))
        try:
            return await Drive(self, Kind.AWAIT, coroutine)
        finally:
            loop.set_task_factory(before)

    def reach(self, kind: Kind, place: str, *, waits: bool = True) -> bool:
        """Count a point; True when the fault is to happen here."""
        if os.getpid() != self._pid:
            return False
        first = Point(kind, place, self.phase, 0, waits)
        point = replace(first, occurrence=self._times[first])
        self._times[first] += 1
        self.points.append(point)
        if point != self._at:
            return False
        self.reached = True
        return True

    def is_ours(self, code: CodeType) -> bool:
        """True for code whose points count."""
        return code.co_filename.startswith(self._ours)

    def happen(self) -> None:
        """The fault in the middle of code that does not await."""
        if self.fault is Fault.RAISE:
            raise Injected("injected")
        if self.fault is Fault.CANCEL:
            raise asyncio.CancelledError("injected")
        if self.fault is Fault.HANG:
            threading.Event().wait()
        if self.fault is Fault.KILL:
            os.kill(os.getpid(), signal.SIGKILL)


class _Watched(list[Any]):
    """A list whose every append is a point, before anything is appended."""

    def __init__(self, recorder: Recorder, kind: Kind) -> None:
        super().__init__()
        self._recorder, self._kind = recorder, kind

    def append(self, value: Any) -> None:
        where = _innermost(sys._getframe(1), past=("journal.py",))
        if self._recorder.reach(self._kind, where):
            self._recorder.happen()
        super().append(value)


def _with_list(recorder: Recorder, owner: type, name: str, kind: Kind) -> Callable[..., None]:
    real = owner.__init__  # type: ignore[misc]

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        setattr(self, name, _Watched(recorder, kind))

    return init


def _phases(recorder: Recorder, real: Callable[..., None]) -> Callable[..., None]:
    def happened(self: Any, event: Any) -> None:
        """Before the transition and after it."""
        if recorder.reach(Kind.PHASE, f"before {event.name}", waits=False):
            recorder.happen()
        real(self, event)
        recorder.phase = self.machine.value
        if recorder.reach(Kind.PHASE, f"after {event.name}", waits=False):
            recorder.happen()

    return happened


def _driven(recorder: Recorder, real: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    async def carry_out(self: Any, operation: Any) -> None:
        await recorder.drive(real(self, operation))

    return carry_out


def _innermost(frame: FrameType | None, past: tuple[str, ...] = ()) -> str:
    """The innermost function of ours on the stack, but for those in the files `past`."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and not file.endswith(past or ("\0",)):
            return name_of(frame)
        frame = frame.f_back
    return "?"


def _traced(recorder: Recorder, real: Callable[..., Any]) -> Callable[..., Any]:
    """Every line of ours that runs below `real` is a point."""

    def lines(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line" and recorder.reach(Kind.LINE, f"{name_of(frame)}:{frame.f_lineno}"):
            sys.settrace(None)
            recorder.happen()
        return lines

    def calls(frame: FrameType, event: str, arg: Any) -> Any:
        return lines if frame.f_code.co_filename.startswith(OURS) else None

    def traced(self: Any, *args: Any) -> Any:
        sys.settrace(calls)
        try:
            return real(self, *args)
        finally:
            sys.settrace(None)

    return traced
