"""A long run in parts: several processes, each with a store of its own, and results that outlive a break.

Every attempt is written down when it has ended, so a run that is started again with the same folder goes on
where it was.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attempt import Outcome
from points import Fault, Point

__all__ = ["Part", "Result", "all_parts", "run_others"]

Result = tuple[Point, Fault, Outcome]


@dataclass(frozen=True, slots=True)
class Part:
    """Every `of`-th attempt, from the `number`-th on, counted from 0."""

    number: int
    of: int
    folder: Path

    def rest(self, attempts: Sequence[tuple[Point, Fault]]) -> list[tuple[Point, Fault]]:
        """What of this part is not done yet."""
        done = {_key(point, fault) for point, fault, _ in self.results()}
        mine = attempts[self.number :: self.of]
        return [(point, fault) for point, fault in mine if _key(point, fault) not in done]

    def results(self) -> Iterator[Result]:
        """What has been written down."""
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            while file.peek(1):
                yield pickle.load(file)

    def add(self, result: Result) -> None:
        """Write one result down."""
        with self._file.open("ab") as file:
            file.write(pickle.dumps(result))

    @property
    def _file(self) -> Path:
        return self.folder / f"{self.number}-of-{self.of}.pickle"


def _key(point: Point, fault: Fault) -> tuple[str, int, str]:
    return point.kind.value, point.number, fault.value


def all_parts(of: int, folder: Path) -> list[Part]:
    """The parts of a run."""
    return [Part(number, of, folder) for number in range(of)]


def run_others(parts: Sequence[Part], arguments: Sequence[str]) -> list[subprocess.Popen[bytes]]:
    """Start a process for each part but the first, which is the caller's."""
    return [
        subprocess.Popen(
            [sys.executable, sys.argv[0], *arguments, "--keep", str(part.folder), "--part", str(part.number)]
        )
        for part in parts[1:]
    ]
