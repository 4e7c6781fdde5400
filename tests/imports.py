"""What a test imported, forgotten again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["imports_restored"]


@contextmanager
def imports_restored(packages: str) -> Iterator[None]:
    """Afterwards the import system's hooks are what they were, and packages whose names begin so are gone."""
    before = list(sys.meta_path), list(sys.path_hooks)
    try:
        yield
    finally:
        sys.meta_path[:], sys.path_hooks[:] = before
        for module in [name for name in sys.modules if name.startswith(packages)]:
            del sys.modules[module]
