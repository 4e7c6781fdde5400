"""Work of operations in threads, with time limits; nothing that was given up runs beside the next operation.

A thread cannot be killed, so past its limit it is left to itself: it only reads. But an operation that begins
meanwhile would fork, and in the copy whatever lock that thread held (that of a module's import, say) would be
held for ever, its syntax trees would be counted half-way, and every object would be held by the list that a
search had just made. So the next operation waits for it first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import anyio
import anyio.to_thread

__all__ = ["GivenUp", "Threads"]

T = TypeVar("T")


class GivenUp(Exception):
    """Work took longer than its limit; whoever asked for it tells what that means."""


class Threads:
    """Where the operations of one process have work done off the event loop."""

    def __init__(self) -> None:
        self._left: list[tuple[str, threading.Event]] = []

    async def open(self) -> None:
        """Have a thread ready; call it when the service starts, with few tasks about.

        anyio looks through all tasks of the loop for the one that its threads end with, the first time that
        it is asked for a thread: with 100,000 sessions that would hold the loop for 150 ms.
        """
        await anyio.to_thread.run_sync(_nothing)

    async def run(self, work: Callable[[], T], limit: float, what: str) -> T:
        """What `work()` returns, done in a thread. Raises `GivenUp` after `limit` seconds.

        Whoever leaves without the result, by a time limit, a cancellation or an error, leaves the thread
        behind; `what` names the work then.
        """
        job = _Job(work)
        try:
            with anyio.move_on_after(limit):
                return cast(T, await anyio.to_thread.run_sync(job, abandon_on_cancel=True))
            raise GivenUp(what)
        finally:
            if job.give_up():
                self._left.append((what, job.ended))

    async def all_ended(self, limit: float) -> tuple[str, ...]:
        """Wait until nothing is left, for `limit` seconds; what still runs then, in words."""
        until = time.monotonic() + limit
        for _, ended in tuple(self._left):
            if not ended.is_set():
                rest = max(0.0, until - time.monotonic())
                await anyio.to_thread.run_sync(ended.wait, rest, abandon_on_cancel=True)
        self._left = [(what, ended) for what, ended in self._left if not ended.is_set()]
        return tuple(what for what, _ in self._left)


class _Job(Generic[T]):
    """Work that is either never begun or known to have ended."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.ended = threading.Event()
        self._work = work
        self._turn = threading.Lock()
        self._begun = False
        self._given_up = False

    def __call__(self) -> T | None:
        with self._turn:
            if self._given_up:
                return None  # to nobody: who asked for it has gone
            self._begun = True
        try:
            return self._work()
        finally:
            self.ended.set()

    def give_up(self) -> bool:
        """Nobody waits any more; True when the work goes on all the same."""
        with self._turn:
            self._given_up = True
            return self._begun and not self.ended.is_set()


def _nothing() -> None:
    return None
