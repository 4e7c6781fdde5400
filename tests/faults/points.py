"""The points of an upgrade at which a fault can happen, found by watching one, and the fault at one of them.

Nothing here lists steps by hand. A recorder sits at the four places that every step goes through: the
suspensions of the operation's task, the entries of the patch's journal, the undo stack of the commit, and the
phases of the operation. So an await or a journal entry that is new tomorrow is a point tomorrow. `lines` adds
every line of our own code that the commit runs.

The same recorder replays: it counts points in the same way, and at the one that is asked for it raises,
cancels, hangs or kills. Points in the rehearsal's copy of the process do not count.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Any

import upward_asgi
from upward_asgi.patch import journal
from upward_asgi.upgrade import commit, engine, operation, transaction

__all__ = ["Fault", "Injected", "Kind", "Point", "Recorder"]

_OURS = str(Path(upward_asgi.__file__).parent)


class Kind(StrEnum):
    """What a point is."""

    AWAIT = "await"
    JOURNAL = "journal entry"
    UNDO = "undo entry of the commit"
    PHASE = "phase transition"
    LINE = "line of the commit"


class Fault(StrEnum):
    """What happens at a point."""

    RAISE = "raise"
    CANCEL = "cancel"
    HANG = "hang"
    KILL = "kill"


class Injected(RuntimeError):
    """What is raised at a point: nothing that upward_asgi knows."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place in time: the `number`-th of its kind."""

    kind: Kind
    number: int
    where: str
    """The innermost function of ours, with its file."""
    group: str
    """Points that are equal for a sample: the same function, or line."""
    phase: str
    """The state that the operation had reached."""
    waits: bool = True
    """False where nothing can hang: an await that only lets others run for a turn, a phase transition."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What can happen here."""
        if self.kind is Kind.LINE:
            return (Fault.RAISE,)
        return tuple(fault for fault in Fault if self.waits or fault is not Fault.HANG)


class Recorder:
    """Watches one operation; with `at` and `fault`, lets that happen there."""

    def __init__(self, at: Point | None = None, fault: Fault | None = None, *, lines: bool = False) -> None:
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
        self._counts = dict.fromkeys(Kind, 0)
        self._pid = 0

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
            whole = transaction.Transaction._advance
            places.append((transaction.Transaction, "_advance", _traced(self, whole)))
        before = [(owner, name, owner.__dict__[name]) for owner, name, _ in places]
        for owner, name, value in places:
            setattr(owner, name, value)
        try:
            yield self
        finally:
            for owner, name, value in before:
                setattr(owner, name, value)

    def reach(self, kind: Kind, where: str, group: str, *, waits: bool = True) -> bool:
        """Count a point; True when the fault is to happen here."""
        if os.getpid() != self._pid:
            return False
        point = Point(kind, self._counts[kind], where, group, self.phase, waits)
        self._counts[kind] += 1
        self.points.append(point)
        if self._at is None or (kind, point.number) != (self._at.kind, self._at.number):
            return False
        self.reached = True
        return True

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
        if self._recorder.reach(self._kind, where, where):
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
        if recorder.reach(Kind.PHASE, f"before {event.name}", event.name, waits=False):
            recorder.happen()
        real(self, event)
        recorder.phase = self.machine.value
        if recorder.reach(Kind.PHASE, f"after {event.name}", event.name, waits=False):
            recorder.happen()

    return happened


def _driven(recorder: Recorder, real: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    async def carry_out(self: Any, operation: Any) -> None:
        await _Drive(recorder, real(self, operation))

    return carry_out


class _Drive:
    """Runs a coroutine; each of its suspensions is a point."""

    def __init__(self, recorder: Recorder, coroutine: Coroutine[Any, Any, None]) -> None:
        self._recorder, self._coroutine = recorder, coroutine
        self._later: asyncio.TimerHandle | None = None

    def __await__(self) -> Iterator[Any]:
        error: BaseException | None = None
        while True:
            try:
                waited = self._coroutine.send(None) if error is None else self._coroutine.throw(error)
            except StopIteration:
                return
            where = _suspended_in(self._coroutine)
            here = self._recorder.reach(Kind.AWAIT, where, where, waits=waited is not None)
            try:
                yield self._before_waiting(waited) if here else waited
                error = Injected("injected") if here and self._recorder.fault is Fault.RAISE else None
            except BaseException as thrown:
                error = thrown
            if self._later is not None:
                self._later.cancel()

    def _before_waiting(self, waited: Any) -> Any:
        fault = self._recorder.fault
        if fault is Fault.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        if fault is Fault.CANCEL:
            self._recorder.cancelled.set()
        if fault is not Fault.HANG:
            return waited
        loop = asyncio.get_running_loop()
        self._later = _hours_pass(loop)
        never = loop.create_future()
        never._asyncio_future_blocking = True
        return never


def _hours_pass(loop: asyncio.AbstractEventLoop) -> asyncio.TimerHandle:
    """Whoever waits with a time limit finds that it is over; later, the limit behind the others is too."""
    real = loop.time
    loop.time = lambda: real() + 600.0  # type: ignore[method-assign]
    return loop.call_later(1.0, lambda: setattr(loop, "time", lambda: real() + 36_000.0))


def _suspended_in(coroutine: Any) -> str:
    """The innermost function of ours that the coroutine stands in."""
    found, inner = "?", coroutine
    while inner is not None:
        frame = getattr(inner, "cr_frame", None) or getattr(inner, "gi_frame", None)
        if frame is not None and frame.f_code.co_filename.startswith(_OURS):
            found = _name(frame)
        inner = getattr(inner, "cr_await", None) or getattr(inner, "gi_yieldfrom", None)
    return found


def _innermost(frame: FrameType | None, past: tuple[str, ...] = ()) -> str:
    """The innermost function of ours on the stack, but for those in the files `past`."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_OURS) and not file.endswith(past or ("\0",)):
            return _name(frame)
        frame = frame.f_back
    return "?"


def _name(frame: FrameType) -> str:
    file = Path(frame.f_code.co_filename).relative_to(_OURS)
    return f"{file}:{frame.f_code.co_qualname}"


def _traced(recorder: Recorder, real: Callable[..., Any]) -> Callable[..., Any]:
    """Every line of ours that runs below `real` is a point."""

    def lines(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            group = f"{_name(frame)}:{frame.f_lineno}"
            if recorder.reach(Kind.LINE, _name(frame), group):
                sys.settrace(None)
                recorder.happen()
        return lines

    def calls(frame: FrameType, event: str, arg: Any) -> Any:
        return lines if frame.f_code.co_filename.startswith(_OURS) else None

    def traced(self: Any, *args: Any) -> Any:
        sys.settrace(calls)
        try:
            return real(self, *args)
        finally:
            sys.settrace(None)

    return traced
