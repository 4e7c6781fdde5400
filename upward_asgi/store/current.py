"""The symlink `current`: which release's files `__file__` shows."""

from __future__ import annotations

from pathlib import Path

from ..errors import StoreCorrupt
from .durable import point
from .release import Release

__all__ = ["CURRENT", "point_to", "pointed"]

CURRENT = "current"


def pointed(root: Path) -> str | None:
    """The name that `current` points to; None when there is no such symlink."""
    link = root / CURRENT
    return link.readlink().name if link.is_symlink() else None


def point_to(root: Path, release: Release, *, flushed: bool = True) -> None:
    """`current` points to the release, atomically. Raises `StoreCorrupt` when its folder is not there."""
    if not release.root.is_dir():
        raise StoreCorrupt(
            expected=f"the unpacked release {release.version} in {release.root.name}",
            got="no such folder",
            do="unpack its wheel again with `upward unpack`",
        )
    link = root / CURRENT
    if link.exists() and not link.is_symlink():
        raise StoreCorrupt(
            expected=f"a symlink at {link}",
            got="a folder or file of that name",
            do="move it away, then try again",
        )
    if pointed(root) != release.root.name:
        point(link, release.root.name, flushed=flushed)
