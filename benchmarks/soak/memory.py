"""Whether a process's memory is flat, from what was in use after many operations.

What is resident says little: connections that are over leave circles behind in the server, which wait for
Python's collector, and what an allocator has got it keeps; the same service without an upgrade rises
by as much as a leak would. So what counts is how many bytes are in use right after a full collection.

Everything grows at first: caches fill, the engine remembers its last hundred reports, the allocator finds
its size. So the first half is warm-up. Of the second half, the typical size at its end is compared with the
typical size at its beginning: medians of fifths, which one peak does not move. A superseded release that
stays alive costs some hundred kilobytes each time; the bar is what such a leak would exceed, and clients
that come and go do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["BAR", "EVERY", "FEWEST", "Growth", "growth", "resident"]

BAR = 20_000
"""Bytes that an operation may leave behind, at most."""
EVERY = 5
"""After so many operations each the service is asked to collect, and measured."""
FEWEST = 100
"""Operations, at least, for a judgement."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How memory went over the second half of a run."""

    start: float
    """Bytes, the median of the half's first fifth."""
    end: float
    """Bytes, the median of its last fifth."""
    per_operation: float
    """Bytes for each operation between the two."""
    judged: bool
    """False when there were too few operations."""

    @property
    def flat(self) -> bool:
        """False when more stays behind than may, and there were operations enough to know it."""
        return not self.judged or self.per_operation <= BAR


def growth(sizes: Sequence[int]) -> Growth:
    """Judge the sizes, measured in order, one after every `EVERY` operations."""
    half = list(sizes[len(sizes) // 2 :]) or [0]
    fifth = max(1, len(half) // 5)
    start, end = median(half[:fifth]), median(half[-fifth:])
    between = EVERY * max(1, len(half) - fifth)
    return Growth(start, end, (end - start) / between, len(sizes) * EVERY >= FEWEST)


def resident(pid: int) -> int:
    """Bytes of memory that a process has now (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"expected the memory of process {pid}, got none: it has ended")
