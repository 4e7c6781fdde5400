"""A long run in parts: several processes, each with a store of its own, and results that outlive a break.

Every attempt is written down when it has ended, so a run that is started again with the same folder goes on
where it was, in as many processes as it likes.
"""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from tests.faults.attempt import Outcome
from tests.faults.points import Fault, Point

__all__ = ["Attempt", "Kept", "Result", "part_of", "start_others"]

T = TypeVar("T")
Attempt = tuple[Point, Fault]
Result = tuple[Point, Fault, Outcome]


class Kept:
    """What one run has found so far, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Where it is kept."""
        folder.mkdir(parents=True, exist_ok=True)

    def points(self, found: Callable[[], list[Point]], *, lines: bool = False) -> list[Point]:
        """The points of the run, or its lines: those that the first who asked has `found`."""
        file = self.folder / ("lines" if lines else "points")
        if not file.exists():
            _write(file, found())
        points: list[Point] = pickle.loads(file.read_bytes())
        return points

    def rest(self, attempts: Sequence[Attempt]) -> list[Attempt]:
        """What of it is not done yet."""
        return [attempt for attempt in attempts if not self._file(attempt).exists()]

    def results(self, attempts: Sequence[Attempt]) -> Iterator[Result]:
        """What of it is done."""
        for attempt in attempts:
            file = self._file(attempt)
            if file.exists():
                yield (*attempt, pickle.loads(file.read_bytes()))

    def add(self, attempt: Attempt, outcome: Outcome) -> None:
        """Write a result down, whole or not at all."""
        _write(self._file(attempt), outcome)

    def _file(self, attempt: Attempt) -> Path:
        return self.folder / hashlib.sha256(repr(attempt).encode()).hexdigest()


def _write(file: Path, value: object) -> None:
    part = file.with_suffix(".part")
    part.write_bytes(pickle.dumps(value))
    part.rename(file)


def part_of(attempts: Sequence[T], number: int, of: int) -> Sequence[T]:
    """Every `of`-th attempt, from the `number`-th on, counted from 0."""
    return attempts[number::of]


def start_others(workers: int, folder: Path, arguments: Sequence[str]) -> list[subprocess.Popen[bytes]]:
    """Start a process for each part but the first, which is the caller's."""
    command = [sys.executable, sys.argv[0], *arguments, "--keep", str(folder), "--part"]
    return [subprocess.Popen([*command, str(part)]) for part in range(1, workers)]
