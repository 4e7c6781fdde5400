"""A symlink that leads elsewhere for this process alone: `current`, in the forked copy of a rehearsal.

The commit turns the link before the patch, so `Path(__file__).resolve()` in a statement that runs is a folder
of the new release. A copy may write no file, and would find the old one's. Only for a process that ends with
the rehearsal: nothing is put back.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["show_link"]

_shown: dict[str, str] = {}
_readlink = os.readlink


def show_link(link: Path, target: Path) -> None:
    """Let `link` resolve to `target` from now on, by everything that Python resolves paths with."""
    _shown[str(link.parent.resolve() / link.name)] = str(target)
    os.readlink = _read


def _read(path: Any, *, dir_fd: int | None = None) -> Any:
    shown = _shown.get(os.fspath(path))
    return _readlink(path, dir_fd=dir_fd) if shown is None else shown
