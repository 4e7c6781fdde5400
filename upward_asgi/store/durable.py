"""Writes that a crash can only leave undone or done: stage beside the target, fsync, rename, fsync the names.

Every mutation of a store goes through here, so that a process killed at any moment leaves either the old
state or the new one, never a mixture (the ordering of "All File Systems Are Not Created Equal", OSDI 2014).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError

__all__ = ["flush", "new_staging", "point", "put_file", "put_folder", "sweep", "write_file", "writing"]

_FOLDER = ".unpacking-"


@contextlib.contextmanager
def writing(root: Path) -> Iterator[None]:
    """Turn a failing write (disk full, read-only, permissions) into a `StoreError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            expected=f"a folder that can be written at {root}",
            got=f"{type(error).__name__}: {error}",
            do="check free space and permissions, then try again; what was there before is still there",
        ) from error


def new_staging(root: Path) -> Path:
    """A new, empty folder in `root` for a release being unpacked. Call it under the lock of unpacking."""
    staged = root / f"{_FOLDER}{secrets.token_hex(8)}"
    staged.mkdir()
    return staged


def write_file(target: Path, content: bytes) -> None:
    """`target` holds `content` afterwards, or what it held before. One writer at a time, by a lock."""
    staged = _beside(target)
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(staged, target)  # noqa: PTH105 - the same call for every rename here, so that tests can fail each
    flush(target.parent)


def put_folder(staged: Path, target: Path) -> None:
    """The finished folder `staged` appears as `target`, whole, or not at all."""
    _flush_tree(staged)
    os.replace(staged, target)  # noqa: PTH105
    flush(target.parent)


def point(link: Path, name: str, *, flushed: bool = True) -> None:
    """The symlink `link` names `name` afterwards, or what it named before; it is never missing in between.

    Unless `flushed`, a power cut may bring back what it named before.
    """
    staged = _beside(link)
    staged.unlink(missing_ok=True)
    staged.symlink_to(name)
    os.replace(staged, link)  # noqa: PTH105
    if flushed:
        flush(link.parent)


def put_file(written: Path, target: Path) -> None:
    """The flushed file `written` appears as `target`; a power cut may bring back the one before."""
    os.replace(written, target)  # noqa: PTH105


def flush(path: Path) -> None:
    """Make a file's content, or a folder's list of names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_tree(folder: Path) -> None:
    """Flush a folder, the innermost folders first; the files in it were flushed when they were written."""
    for place, _, _ in os.walk(folder, topdown=False):
        flush(Path(place))


def sweep(root: Path) -> None:
    """Throw away what a killed process left half unpacked. Call it under the lock of unpacking."""
    for leftover in root.glob(f"{_FOLDER}*"):
        shutil.rmtree(leftover)


def _beside(target: Path) -> Path:
    # A fixed name: what a killed process left there is overwritten by the next write, and never piles up.
    return target.with_name(f".{target.name}.staged")
