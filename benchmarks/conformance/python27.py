"""Autobahn's `wstest`, which runs on Python 2.7 only: found, and installed into a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

__all__ = ["NoPython27", "TestSuite", "find_python"]

_PACKAGES = ("autobahntestsuite==0.8.2", "autobahn==0.10.9")
_START = "import site; site.addsitedir({!r}); from autobahntestsuite import wstest; wstest.run()"
_TIME_TO_INSTALL = 900


class NoPython27(Exception):
    """There is no Python 2.7 here, or the suite cannot be installed for it."""


def _candidates() -> Iterator[str | None]:
    yield os.environ.get("PYTHON27")
    yield shutil.which("python2.7")
    for path in sorted((Path.home() / ".pyenv/versions").glob("2.7*/bin/python")):
        yield str(path)
    yield shutil.which("pypy")


def find_python() -> str:
    """A Python 2.7: `$PYTHON27`, `python2.7`, pyenv's, pypy. Raises `NoPython27`, naming what was tried."""
    tried = [candidate for candidate in _candidates() if candidate]
    for candidate in tried:
        question = [candidate, "-c", "import sys; print(sys.version_info[:2] == (2, 7))"]
        try:
            done = subprocess.run(question, capture_output=True, text=True, timeout=30, check=False)
        except OSError:
            continue
        if done.stdout.strip() == "True":
            return candidate
    raise NoPython27(
        f"expected a Python 2.7, got none of {tried or 'any'}; name one: PYTHON27=/path/to/python"
    )


class TestSuite:
    """An installed `wstest`."""

    __test__ = False

    def __init__(self, python: str, folder: Path) -> None:
        self._python = python
        self._folder = folder

    @classmethod
    def installed(cls, python: str) -> TestSuite:
        """Install it once into the user's cache; later runs download nothing. Raises `NoPython27`."""
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        folder = cache / "upward" / "autobahn"
        if not (folder / "installed").exists():
            _install(python, folder)
        return cls(python, folder)

    def run(self, spec: Path, *, timeout: float) -> None:
        """Run the fuzzing client as `spec` (JSON) says; it writes `index.json` where that says."""
        command = [self._python, "-W", "ignore", "-c", _START.format(str(self._folder))]
        subprocess.run(
            [*command, "--mode", "fuzzingclient", "--spec", str(spec)],
            cwd=spec.parent,
            stdout=subprocess.DEVNULL,
            timeout=timeout,
            check=True,
        )


def _install(python: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        str(folder),
    ]
    done = subprocess.run(
        [*command, *_PACKAGES], capture_output=True, text=True, timeout=_TIME_TO_INSTALL, check=False
    )
    if done.returncode:
        raise NoPython27(f"expected {_PACKAGES} to install for {python}, got:\n{done.stderr[-2000:]}")
    (folder / "installed").touch()
