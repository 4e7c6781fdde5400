"""Fixtures of several integration tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .in_process import ServeModule, server_of_modules


@pytest.fixture
def serve_module(tmp_path: Path) -> Iterator[ServeModule]:
    """Serves releases of one module in this process, 1.0.0 first; nothing of them is left behind."""
    names: list[str] = []
    before = list(sys.meta_path), list(sys.path_hooks)
    yield server_of_modules(tmp_path, names)
    sys.meta_path[:], sys.path_hooks[:] = before
    for module in [m for m in sys.modules if m.partition(".")[0] in names]:
        del sys.modules[module]
