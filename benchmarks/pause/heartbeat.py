"""How long the event loop stands still: a beat every millisecond, and the gaps between two beats."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Gap", "Heartbeat"]

_EVERY = 0.001
_WORTH_KEEPING = 0.0005


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the loop ran nothing else: `end` on the monotonic clock, both in seconds."""

    end: float
    seconds: float
    cpu_seconds: float
    """What of it the loop's own thread computed; the rest is other threads, and other processes."""

    @property
    def began(self) -> float:
        """When the beat was due that came late."""
        return self.end - self.seconds


@dataclass(slots=True)
class Heartbeat:
    """Beats on the running loop, each due a millisecond after the one before; keeps those that came late."""

    gaps: list[Gap] = field(default_factory=list)
    _due: float = 0.0
    _cpu: float = 0.0
    _handle: asyncio.TimerHandle | None = None

    @contextmanager
    def running(self) -> Iterator[Heartbeat]:
        """Beat while this context is open."""
        self.gaps.clear()
        self._again()
        try:
            yield self
        finally:
            if self._handle is not None:
                self._handle.cancel()

    def longest(self, start: float, end: float) -> Gap:
        """The longest gap that overlaps the time from `start` to `end`, in seconds of the monotonic clock."""
        inside = [gap for gap in self.gaps if gap.end > start and gap.began < end]
        return max(inside, key=lambda gap: gap.seconds, default=Gap(end, 0.0, 0.0))

    def _beat(self) -> None:
        now = time.monotonic()
        late = now - self._due
        if late > _WORTH_KEEPING:
            self.gaps.append(Gap(now, late, time.thread_time() - self._cpu))
        self._again()

    def _again(self) -> None:
        self._due = time.monotonic() + _EVERY
        self._cpu = time.thread_time()
        self._handle = asyncio.get_running_loop().call_later(_EVERY, self._beat)
