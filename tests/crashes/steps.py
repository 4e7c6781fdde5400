"""The steps at which a process that writes can die or fail: every call that changes the disk.

Nothing is listed by what a command does: whatever changes the disk goes through these functions of the
system, so the n-th such call is the n-th step, of any command.
"""

from __future__ import annotations

import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["WRITES", "at_step", "die", "disk_full"]

WRITES = ("fsync", "link", "mkdir", "remove", "rename", "replace", "rmdir", "symlink", "unlink")


def die() -> None:
    """As the kernel ends a process: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def disk_full() -> None:
    """What a write says then."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _Counter:
    """Lets something happen at the `step`-th count."""

    def __init__(self, step: int, happens: Callable[[], object]) -> None:
        self.left = step
        self._happens = happens

    def count(self) -> None:
        self.left -= 1
        if self.left == -1:
            self._happens()

    def counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.count()
            return real(*args, **kwargs)

        return call

    def counted_open(self, opening: Callable[..., Any]) -> Callable[..., Any]:
        def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if not set(mode) & set("wxa+") or file == os.devnull or isinstance(file, int):
                return opening(file, mode, *args, **kwargs)
            self.count()  # the file is not made yet
            stream = opening(file, mode, *args, **kwargs)
            try:
                self.count()  # it is there, and empty
            except OSError:
                stream.close()
                raise
            return stream

        return opened


@contextmanager
def at_step(step: int, happens: Callable[[], object]) -> Iterator[Callable[[], bool]]:
    """At the `step`-th change of the disk, before it is made, this happens; yields whether it has."""
    counter = _Counter(step, happens)
    before = {name: getattr(os, name) for name in WRITES}
    opening = io.open  # what Path.open calls
    for name, real in before.items():
        setattr(os, name, counter.counted(real))
    io.open = counter.counted_open(opening)
    try:
        yield lambda: counter.left < 0
    finally:
        io.open = opening
        for name, real in before.items():
            setattr(os, name, real)
