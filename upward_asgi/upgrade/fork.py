"""Run a function in a forked copy of this process, and learn how it ended.

The rehearsal works on the true state of every session without risking it: the child has a copy of the
whole heap, and whatever happens there (an exception, `sys.exit`, a crash, a hang) happens to the copy.

`start_fork` only forks, which takes milliseconds, and may be called on the event loop; `Fork.outcome` waits
and belongs in a thread. `in_fork` does both.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from typing import Generic, TypeVar

from ..errors import UpgradeFailed, UpwardError
from .fork_outcome import Exited, Killed, Outcome, Raised, Returned, TimedOut
from .forked_child import HEADER, run_child

__all__ = ["Fork", "in_fork", "start_fork"]

T = TypeVar("T")

_CHUNK = 1 << 20
_LOOK_EVERY = 0.02
"""Seconds between looks whether the child still lives; its result is seen at once."""


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
            run_child(function, reader, writer, mask, timeout, memory)
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
        return bytes(data[HEADER:])

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
    return len(data) >= HEADER and len(data) >= HEADER + int.from_bytes(data[:HEADER], "big")


def _read(reader: int, data: bytearray) -> int:
    try:
        chunk = os.read(reader, _CHUNK)
    except BlockingIOError:
        return 0
    data += chunk
    return len(chunk)
