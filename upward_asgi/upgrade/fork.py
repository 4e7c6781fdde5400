"""Run a function in a forked copy of this process, and learn how it ended.

The rehearsal works on the true state of every session without risking it: the child has a copy of the
whole heap, and whatever happens there (an exception, `sys.exit`, a crash, a hang) happens to the copy.

`start_fork` only forks, which takes milliseconds, and may be called on the event loop; `Fork.outcome` waits
and belongs in a thread. `in_fork` does both. What the child must never do is run the parent's exit handlers,
its event loop or its signal handlers: it ends by `os._exit`, always.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from ..errors import UpgradeFailed, UpwardError

__all__ = [
    "Exited",
    "Fork",
    "Killed",
    "Outcome",
    "Raised",
    "Returned",
    "TimedOut",
    "address_space",
    "in_fork",
    "start_fork",
]

T = TypeVar("T")

_HEADER = 8
_CHUNK = 1 << 20
_LOOK_EVERY = 0.02
"""Seconds between looks whether the child still lives; its result is seen at once."""
_GRACE = 5.0
"""Seconds after its time limit at which a child ends by itself, should its parent be gone."""


@dataclass(frozen=True, slots=True)
class Returned(Generic[T]):
    """The function returned `value`."""

    value: T


@dataclass(frozen=True, slots=True)
class Raised:
    """The function raised; `exception` is the exception itself when it can be pickled."""

    type: str
    message: str
    traceback: str
    exception: BaseException | None = None

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type


@dataclass(frozen=True, slots=True)
class Exited:
    """The function ended the process, by `sys.exit` or `os._exit`, with this status."""

    status: int

    def __str__(self) -> str:
        return f"an exit of the process with status {self.status}"


@dataclass(frozen=True, slots=True)
class Killed:
    """A signal ended the process: a crash, or the kernel short of memory."""

    signal: int

    def __str__(self) -> str:
        names = {s.value: s.name for s in signal.Signals}
        return f"a crash of the process by {names.get(self.signal, f'signal {self.signal}')}"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The function was still running after `seconds`, and was killed."""

    seconds: float

    def __str__(self) -> str:
        return f"no end within {self.seconds:g} s"


Outcome = Returned[T] | Raised | Exited | Killed | TimedOut


def in_fork(function: Callable[[], T], *, timeout: float, memory: int | None = None) -> T:
    """What `function()` returns, run in a forked child.

    `timeout` is in seconds; `memory` bounds what the child may allocate beyond the parent, in bytes. An
    `UpwardError` that the function raises is raised here too; every other ending is `UpgradeFailed`.
    Callers that tell a hang from a crash use `start_fork(...).outcome(...)`.
    """
    outcome = start_fork(function, timeout=timeout, memory=memory).outcome()
    if isinstance(outcome, Returned):
        return outcome.value
    if isinstance(outcome, Raised) and isinstance(outcome.exception, UpwardError):
        raise outcome.exception
    cause = outcome.exception if isinstance(outcome, Raised) else None
    raise UpgradeFailed(
        expected="a forked child that returns", got=str(outcome), do="mend what it ran and try again"
    ) from cause


def start_fork(function: Callable[[], T], *, timeout: float, memory: int | None = None) -> Fork[T]:
    """Fork, let the child run `function`, and return at once. The time limit counts from here."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(ValueError, OSError):  # closed or broken: nothing is buffered then
                stream.flush()
    reader, writer = os.pipe()
    # No signal may reach the parent's handlers in the child before they are reset there.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = _fork()
        if pid == 0:
            _child(function, reader, writer, mask, timeout, memory)
    except BaseException:
        os.close(reader)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(writer)
    return Fork(pid, reader, timeout)


class Fork(Generic[T]):
    """A forked child at work. `outcome()` must be called once: it reaps the child."""

    def __init__(self, pid: int, reader: int, timeout: float) -> None:
        self.pid = pid
        self._reader = reader
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._status: int | None = None

    def outcome(self) -> Outcome[T]:
        """How the child ended. Blocks until it has, or kills it when its time is up."""
        try:
            message = self._message()
            if message is None and self._status is None:
                return TimedOut(self._timeout)
            if message is not None:
                answer: Outcome[T] = pickle.loads(message)
                return answer
            return self._ended()
        finally:
            self._end()

    def kill(self) -> None:
        """End a child that still runs; whoever waits for its outcome learns that, and reaps it."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _message(self) -> bytes | None:
        """The child's whole message; None when it died without one, or when time is up."""
        os.set_blocking(self._reader, False)
        data = bytearray()
        while not _complete(data):
            gone = self._reap()
            if not gone and time.monotonic() >= self._deadline:
                return None
            select.select([self._reader], [], [], 0 if gone else self._pause())
            # The end of the file alone is no sign: another child may hold the pipe open as well.
            if not _read(self._reader, data) and gone:
                return None
        return bytes(data[_HEADER:])

    def _pause(self) -> float:
        return max(0.0, min(_LOOK_EVERY, self._deadline - time.monotonic()))

    def _reap(self) -> bool:
        if self._status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody waits for every child of this process
                pid, status = self.pid, 0
            self._status = status if pid else None
        return self._status is not None

    def _ended(self) -> Outcome[T]:
        code = os.waitstatus_to_exitcode(self._status or 0)
        return Killed(-code) if code < 0 else Exited(code)

    def _end(self) -> None:
        os.close(self._reader)
        if self._status is None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            self._status = 0


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside threads. The child runs nothing that needs them, and a lock
        # that one of them held shows as a hang, which the time limit ends.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _complete(data: bytearray) -> bool:
    return len(data) >= _HEADER and len(data) >= _HEADER + int.from_bytes(data[:_HEADER], "big")


def _read(reader: int, data: bytearray) -> int:
    try:
        chunk = os.read(reader, _CHUNK)
    except BlockingIOError:
        return 0
    data += chunk
    return len(chunk)


def _child(
    function: Callable[[], T], reader: int, writer: int, mask: set[int], timeout: float, memory: int | None
) -> NoReturn:
    status = 70  # EX_SOFTWARE: only seen when not even the report could be sent
    try:
        os.close(reader)
        _be_silent()
        _forget_the_parent(mask, timeout)
        limits = _bound_memory(memory)
        outcome = _run(function)
        if limits is not None:
            resource.setrlimit(resource.RLIMIT_AS, limits)
        _send(writer, _pickled(outcome))
        status = 0
    finally:
        os._exit(status)


def _be_silent() -> None:
    """What the copy prints, and what a crash of it dumps, would be taken for the parent's."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _forget_the_parent(mask: set[int], timeout: float) -> None:
    """No handler, wake-up or finalizer of the parent's runs here, and no child outlives its time by much."""
    gc.disable()
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, timeout + _GRACE)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask - {signal.SIGALRM})


def _bound_memory(memory: int | None) -> tuple[int, int] | None:
    """Limit the address space to what is used now plus `memory`; the former limits, None if not limited."""
    used = address_space()
    if memory is None or used is None:
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + memory
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    return soft, hard


def address_space() -> int | None:
    """The bytes of address space that this process uses; None where the system does not tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else None


def _run(function: Callable[[], T]) -> Outcome[T]:
    try:
        return Returned(function())
    except SystemExit as stop:
        return Exited(_exit_status(stop.code))
    except BaseException as error:
        return _raised(error)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    return code if isinstance(code, int) else 1


def _raised(error: BaseException) -> Raised:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    lines = "".join(traceback.format_exception(error))
    return Raised(name, _text(error), lines, error if _survives(error) else None)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as also:
        return f"<no message: its __str__ raised {type(also).__name__}>"


def _survives(error: BaseException) -> bool:
    try:
        pickle.loads(_dumps(error))
    except Exception:
        return False
    return True


def _pickled(outcome: Outcome[T]) -> bytes:
    try:
        return _dumps(outcome)
    except Exception as error:
        return _dumps(_raised(error))


def _dumps(value: object) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    """Pickles our errors too, whose keyword arguments the default way would lose."""

    def reducer_override(self, obj: object) -> Any:
        if isinstance(obj, UpwardError):
            return _rebuild, (type(obj), obj.args, dict(obj.__dict__))
        return NotImplemented


def _rebuild(kind: type[UpwardError], args: tuple[object, ...], state: dict[str, object]) -> UpwardError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def _send(writer: int, message: bytes) -> None:
    data = memoryview(len(message).to_bytes(_HEADER, "big") + message)
    while data:
        data = data[os.write(writer, data) :]
