"""Work for many sessions in slices, so that the event loop is never held for long."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import anyio

__all__ = ["Slices", "chunks"]

_CHUNK = 32
"""Sessions between two looks at the clock."""


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items, as many at a time as one may go through between two looks at the clock."""
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


class Slices:
    """Tells when a slice is over, and gives the other tasks a turn then. Remembers the longest slice."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = time.perf_counter()
        self.longest = 0.0
        """Seconds, of the slices so far."""

    def over(self) -> bool:
        """True when the slice has had its time."""
        return time.perf_counter() - self._began >= self._seconds

    async def turn(self) -> None:
        """Let the other tasks run, and begin the next slice.

        Twice round the loop: the first time whoever waits here is called before the sockets and timers that
        fell due meanwhile, which would then wait for two slices.
        """
        self.end()
        await anyio.lowlevel.checkpoint()  # sessions may have come, gone and, unless held, moved on
        await anyio.lowlevel.checkpoint()  # the same
        self.begin()

    def begin(self) -> None:
        """A slice begins here."""
        self._began = time.perf_counter()

    def end(self) -> None:
        """The slice ends here."""
        self.longest = max(self.longest, time.perf_counter() - self._began)
