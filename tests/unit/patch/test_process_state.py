"""What import-time code does to the process is given back when the patch is undone."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from upward_asgi.errors import PatchFailed
from upward_asgi.patch.process_state import ProcessState

from .conftest import Releases

ACTS = """
import os, signal
os.chdir("/")
os.environ["UPWARD_TEST_NEW"] = "new"
os.environ["UPWARD_TEST_OLD"] = "other"
del os.environ["UPWARD_TEST_GONE"]
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
"""


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process with something to change; put back afterwards in any case."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UPWARD_TEST_OLD", "one")
    monkeypatch.setenv("UPWARD_TEST_GONE", "there")
    monkeypatch.delenv("UPWARD_TEST_NEW", raising=False)


def seen() -> tuple[object, ...]:
    names = ("UPWARD_TEST_NEW", "UPWARD_TEST_OLD", "UPWARD_TEST_GONE")
    return (Path.cwd(), *map(os.environ.get, names), signal.getsignal(signal.SIGUSR2))


def test_undone(releases: Releases) -> None:
    """A patch that was applied and is undone: folder, variables and handler are those of before."""
    live, before = releases.load("A = 1\n"), seen()
    patch = live.patch(f"{ACTS}\nA = 2\n")
    assert seen() == (Path("/"), "new", "other", None, signal.SIG_IGN)
    patch.undo()
    assert seen() == before


def test_failing(releases: Releases) -> None:
    """A patch whose later statement raises leaves nothing of that behind."""
    live, before = releases.load("A = 1\n"), seen()
    with pytest.raises(PatchFailed):
        live.patch(f"{ACTS}\nA = 1 / 0\n")
    assert seen() == before


def test_what_others_changed_since(releases: Releases, tmp_path: Path) -> None:
    """A variable that the application has set after the patch is the application's."""
    live = releases.load("A = 1\n")
    patch = live.patch(f"{ACTS}\nA = 2\n")
    os.environ["UPWARD_TEST_OLD"] = "the application's"
    os.environ["UPWARD_TEST_GONE"] = "again"
    patch.undo()
    assert seen()[:4] == (tmp_path, None, "the application's", "again")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """A working directory that does not exist any more cannot be named, and is nobody's to give back."""
    folder = tmp_path / "gone"
    folder.mkdir()
    os.chdir(folder)
    folder.rmdir()
    state = ProcessState()
    os.chdir(tmp_path)
    state.restore()
    assert Path.cwd() == tmp_path
