"""The next registers, written beforehand: then to make a release current takes two renames.

An upgrade makes a release current while every session waits, and to flush a file may take the disk some
hundredths of a second. So the registers to come are written, flushed and put beside the present one before.
Whoever changes the register meanwhile makes them void, which shows by the file that they were made from.

The renames themselves are not flushed: after a power cut `current` may be what it was, and a boot starts the
permanent release in either case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from .durable import write_file
from .register import REGISTER, Register, content_of
from .release import Release

__all__ = ["Ahead", "Written"]

_Identity = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Written:
    """A register that is written but not in its place yet."""

    file: Path
    release: Release
    """Which it makes current."""
    before: Release | None
    """What is current until then."""
    follows: _Identity
    """The register that it was made from."""
    itself: _Identity


class Ahead:
    """The registers of one store that one process has written beforehand."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._written: tuple[Written, ...] = ()

    def write(self, book: Register, versions: Sequence[Version]) -> None:
        """Write the registers in which these become current, one after the other; call it under the lock."""
        written: list[Written] = []
        follows = _identity(self._root / REGISTER)
        for number, version in enumerate(versions):
            before, book = book.running(), book.making_current(version)
            file = self._root / f".{REGISTER}.{number}.ahead"
            write_file(file, content_of(book))
            itself = _identity(file)
            written.append(Written(file, book.find(version), before, follows, itself))
            follows = itself  # a rename changes the name of a file, not the file
        self._written = tuple(written)

    def find(self, version: Version | str) -> Written | None:
        """What makes `version` current now; None when the register is another one by now."""
        now = _identity(self._root / REGISTER)
        fitting = (w for w in self._written if w.follows == now and str(w.release.version) == str(version))
        # Another process may have written there, under its lock, since.
        return next((w for w in fitting if w.file.exists() and _identity(w.file) == w.itself), None)


def _identity(file: Path) -> _Identity:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
