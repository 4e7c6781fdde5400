"""The names in a wheel: which of them may become files in the store.

A wheel is an archive that somebody sends. No entry may land outside the release's folder, stand in
another's way, be anything but a regular file, or cost more than the limits.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from .limits import Limits

__all__ = ["Complaint", "check_entries"]

_LONGEST = 255
_COMPILED = frozenset({".so", ".pyd", ".dll", ".dylib", ".pyc", ".pyo"})
_ENCRYPTED = 0x1


class Complaint(Exception):
    """What is wrong: expected, got."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got


def check_entries(entries: Sequence[ZipInfo], packed: int, limits: Limits) -> None:
    """Raise `Complaint` for the first entry that may not be unpacked; `packed`: the wheel's size in bytes."""
    _check_cost(entries, packed, limits)
    for entry in entries:
        _check_name(entry.orig_filename)
        _check_kind(entry)
    _check_collisions(e.filename for e in entries)


def _check_cost(entries: Sequence[ZipInfo], packed: int, limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Complaint(f"at most {limits.entries} entries", f"{len(entries)}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked:
        raise Complaint(f"at most {limits.unpacked} bytes unpacked", f"{unpacked}")
    if unpacked > limits.ratio_from and unpacked > limits.ratio * packed:
        raise Complaint(f"at most {limits.ratio} bytes unpacked per packed byte", f"{unpacked} from {packed}")


def _check_name(name: str) -> None:
    parts = name.removesuffix("/").split("/")
    expected = "relative names inside the release"
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
        raise Complaint(expected, f"the absolute name {name!r}")
    if ".." in parts:
        raise Complaint(expected, f"{name!r}, which escapes from it")
    if "\\" in name or any(part in ("", ".") for part in parts):
        raise Complaint(expected, f"the malformed name {name!r}")
    if not name.isprintable():
        raise Complaint("printable names", f"{name!r}")
    if any(len(part.encode()) > _LONGEST for part in parts):
        raise Complaint(f"names of at most {_LONGEST} bytes", f"{name[:60]!r}…")


def _check_kind(entry: ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise Complaint("regular files only", f"the symbolic link {entry.filename!r}")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Complaint("regular files only", f"the special file {entry.filename!r}")
    if entry.flag_bits & _ENCRYPTED:
        raise Complaint("files that are not encrypted", f"{entry.filename!r}")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Complaint(
            "stored or deflated files", f"{entry.filename!r} by compression method {entry.compress_type}"
        )
    if PurePosixPath(entry.filename).suffix.lower() in _COMPILED:
        raise Complaint("pure Python, without compiled files", f"{entry.filename!r}")


def _check_collisions(names: Iterable[str]) -> None:
    """No name twice, not by case alone either (some file systems fold it), and no file that is a folder."""
    files: dict[str, str] = {}
    folders: set[str] = set()
    for name in names:
        folded = name.casefold()
        if folded in files:
            raise Complaint("every name once", f"{files[folded]!r} and {name!r}")
        files[folded] = name
        parents = folded.rstrip("/").split("/")[:-1]
        folders.update("/".join(parents[: n + 1]) for n in range(len(parents)))
    both = sorted(folders & {name for name in files if not name.endswith("/")})
    if both:
        raise Complaint("names that are a file or a folder", f"{both[0]!r} as both")
