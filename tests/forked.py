"""Do something in a forked copy of this process, which may well die of it."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

__all__ = ["in_child"]

T = TypeVar("T")


def in_child(work: Callable[[], T], folder: Path, *, limit: float, quiet: bool = False) -> T | None:
    """What `work` returns there, pickled through a file in `folder`; None when it died or was too slow.

    `limit` is in seconds. With `quiet`, what it prints to standard error goes nowhere too.
    """
    answer = folder / f"answer-{os.getpid()}"
    answer.unlink(missing_ok=True)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _work_and_exit(work, answer, (1, 2) if quiet else (1,))
    _wait(child, limit)
    return pickle.loads(answer.read_bytes()) if answer.exists() else None


def _work_and_exit(work: Callable[[], object], answer: Path, silent: tuple[int, ...]) -> None:
    """In the child: never returns, and runs nothing of the parent's."""
    try:
        with Path(os.devnull).open("w") as nothing:
            for descriptor in silent:
                os.dup2(nothing.fileno(), descriptor)
            answer.with_suffix(".part").write_bytes(pickle.dumps(work()))
        answer.with_suffix(".part").rename(answer)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _wait(child: int, limit: float) -> None:
    deadline = time.monotonic() + limit
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.005)  # real time: the child is another process
