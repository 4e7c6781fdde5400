"""The command line, called in this process, and small projects to give it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from upward_asgi.cli import main

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "shop"
version = "{version}"
requires-python = ">=3.11"
"""

RELEASES = {
    "1.0.0": "def price():\n    return 1\n",
    "1.0.1": "def price():\n    return 2\n",
    "1.0.2": "def price():\n    return 3\n",
    "1.1.0": "def price():\n    return 4\n",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def upward(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs one command."""

    def run(*arguments: object) -> Ended:
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ended(status, out, err)

    return run


def write_project(folder: Path, version: str, source: str | None = None) -> Path:
    """A project of one module, with hatchling as its backend."""
    package = folder / "shop"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT.format(version=version))
    (package / "__init__.py").write_text(source or RELEASES[version])
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Makes projects."""

    def make(version: str = "1.0.0", source: str | None = None) -> Path:
        return write_project(tmp_path / f"project-{version}-{len(list(tmp_path.iterdir()))}", version, source)

    return make


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of all four releases, built as a user builds them."""
    folder = tmp_path_factory.mktemp("releases")
    for version in RELEASES:
        source = write_project(folder / f"project-{version}", version)
        assert main(["build", str(source), "--out", str(folder / "dist"), "--json"]) == 0
    return folder / "dist"


@pytest.fixture
def store(tmp_path: Path, wheels: Path, upward: Callable[..., Ended]) -> Path:
    """A store with all four releases."""
    folder = tmp_path / "store"
    for version in RELEASES:
        assert upward("unpack", wheels / f"shop-{version}-py3-none-any.whl", "--store", folder).status == 0
    return folder
