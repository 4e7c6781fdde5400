"""A fixed piece of pure Python: how fast this machine is at this moment.

Timings of a shared machine say little alone. Beside them stands the time of the same loop, so that figures of
two machines, or of two moments, can be compared as ratios.
"""

from __future__ import annotations

import time
from statistics import median

__all__ = ["yardstick_ms"]

_ROUNDS = 100_000


def yardstick_ms(repeats: int = 5) -> float:
    """Milliseconds of the fixed loop (100,000 rounds of attribute, call and dictionary work); the median."""
    return median(_once() for _ in range(repeats))


class _Cell:
    def __init__(self) -> None:
        self.value = 0

    def add(self, number: int) -> int:
        self.value += number
        return self.value


def _once() -> float:
    cell, table = _Cell(), {0: 0}
    began = time.perf_counter()
    for number in range(_ROUNDS):
        table[number & 1023] = cell.add(number)
    return (time.perf_counter() - began) * 1000
