"""Where imports of the application come from, and how that is switched to another release."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

__all__ = ["ImportRoot", "SysPathImports"]


class ImportRoot(Protocol):
    """The place that imports of the application come from."""

    def switch(self, root: Path) -> Callable[[], None]:
        """Let new imports come from this unpacked release; returns how to take that back."""
        ...

    def presented(self, root: Path) -> Path:
        """The folder that `__file__`, `__path__` and `__spec__` show for files below `root`."""
        ...


class SysPathImports:
    """An application found through an entry of `sys.path`: the entry is exchanged."""

    def __init__(self, current: Path) -> None:
        self.current = current

    def switch(self, root: Path) -> Callable[[], None]:
        before, current = list(sys.path), self.current

        def undo() -> None:
            sys.path[:] = before
            self.current = current
            importlib.invalidate_caches()

        old = current.resolve()
        sys.path[:] = [str(root) if entry and Path(entry).resolve() == old else entry for entry in before]
        self.current = root
        importlib.invalidate_caches()
        return undo

    def presented(self, root: Path) -> Path:
        return root
