"""A project of two releases whose wheels the backend has built already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wheels import write_wheel

NAME = "board"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with plain wheels of 1.0.0 and 1.0.1, as a backend leaves them."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for version in ("1.0.0", "1.0.1"):
        write_wheel(folder, NAME, version, {"__init__.py": f"VERSION = {version!r}\n", "more.py": "X = 1\n"})
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's folder; what is in it does not matter."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[project]\nname = 'board'\n")
    return folder
