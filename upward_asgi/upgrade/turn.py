"""A bound on one turn of the event loop.

The commit runs user code in the live process, and nothing else runs meanwhile. The rehearsal has shown that
the code returns; this is for what a copy cannot show: a lock that is held, a server that is silent. The
system's alarm clock interrupts it, and the interruption is undone like any other failure.

An alarm may come between any two steps of the program, so every write to the process leaves its undo behind
*before* it is made. Signals arrive in the main thread only: a loop that runs in another one has no bound.
"""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType, TracebackType

from ..errors import UpgradeFailed

__all__ = ["Turn"]


_AGAIN = 5.0
"""Seconds until code that caught the interruption is interrupted again; its own undo is over by then."""


class _Overdue(BaseException):
    """Raised in the middle of whatever runs; no `except Exception` of a user's catches it."""


class Turn:
    """A context in which code may run for `seconds`, at most; None or 0: without a bound.

    Past that it is interrupted, again and again should it catch that, and leaving the context raises
    `UpgradeFailed`. `disarm()` ends the bound from within: what undoes must never be interrupted.
    """

    def __init__(self, seconds: float | None, what: str = "the commit") -> None:
        self._seconds = seconds
        self._what = what
        self._armed = False
        self._fired = False
        self._began = 0.0
        self._before: signal.Handlers | object = None
        self._timer = (0.0, 0.0)

    def __enter__(self) -> Turn:
        if self._seconds and threading.current_thread() is threading.main_thread():
            self._began = time.monotonic()
            self._before = signal.signal(signal.SIGALRM, self._interrupt)
            self._armed = True
            self._timer = signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disarm()
        if self._fired and error is not None:
            raise UpgradeFailed(
                expected=f"{self._what} to end within {self._seconds:g} s (commit_seconds)",
                got="no end",
                do="see in the traceback what it waits for: user code in a commit must wait for nothing",
            ) from error

    def disarm(self) -> None:
        """No interruption from now on; the alarm of somebody else goes on where it was."""
        if not self._armed:
            return
        self._armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before or signal.SIG_DFL)  # type: ignore[arg-type]
        left, interval = self._timer
        if left:
            passed = time.monotonic() - self._began
            signal.setitimer(signal.ITIMER_REAL, max(left - passed, 0.001), interval)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            self._fired = True
            raise _Overdue
