"""What a forked copy of this process does: forget the parent, run one function, tell how it ended, and end.

It must never run the parent's exit handlers, its event loop or its signal handlers, so it ends by
`os._exit`, always.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from .fork_outcome import Exited, Outcome, Returned, pickled, raised

__all__ = ["HEADER", "address_space", "run_child"]

T = TypeVar("T")

HEADER = 8
"""Bytes before the message that tell its length."""
_GRACE = 5.0
"""Seconds after its time limit at which a child ends by itself, should its parent be gone."""


def run_child(
    function: Callable[[], T], reader: int, writer: int, mask: set[int], timeout: float, memory: int | None
) -> NoReturn:
    """Run the function, send its outcome to `writer`, and end. `reader` is the parent's end of the pipe.

    Signals are blocked until the parent's handlers are gone; `mask` are those that were blocked before.
    `timeout` is in seconds, `memory` in bytes beyond what is used.
    """
    status = 70  # EX_SOFTWARE: only seen when not even the report could be sent
    try:
        os.close(reader)
        _be_silent()
        _forget_the_parent(mask, timeout)
        limits = _bound_memory(memory)
        outcome = _run(function)
        if limits is not None:
            resource.setrlimit(resource.RLIMIT_AS, limits)
        _send(writer, pickled(outcome))
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
        return raised(error)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    return code if isinstance(code, int) else 1


def _send(writer: int, message: bytes) -> None:
    data = memoryview(len(message).to_bytes(HEADER, "big") + message)
    while data:
        data = data[os.write(writer, data) :]
