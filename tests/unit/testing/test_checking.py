"""Checks of users' upgrades: what they accept, and what each of them finds wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.wheels import write_wheel
from upward_asgi.errors import ConfigurationError
from upward_asgi.testing import Recording, UpgradeCheck, UpgradeFailed, mask, record

pytestmark = pytest.mark.timeout(200)

OLD = {
    "__init__.py": "",
    "app.py": """
from dataclasses import dataclass

from upward_asgi import LiveSession


@dataclass
class Board:
    lines: list
    user: str = "nobody"


class Session(LiveSession):
    async def mount(self):
        self.state = Board([])

    async def handle_event(self, message):
        self.state.lines.append(message)
        await self.send_text(f"{len(self.state.lines)}")


async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await Session(scope, receive, send)
""",
}

GOOD = """
    def code_change(self, old_vsn, state, extra):
        if isinstance(old_vsn, Down):
            return Board([line for line, _ in state.lines], state.user)
        return Board([(line, False) for line in state.lines], state.user)
"""


def changed(code_change: str) -> Mapping[str, str]:
    """The release whose lines are pairs."""
    text = OLD["app.py"].replace("import LiveSession", "import Down, LiveSession")
    text = text.replace("append(message)", "append((message, True))")
    text = text.replace("    async def handle_event", f"{code_change}\n    async def handle_event")
    return {**OLD, "app.py": text}


RECORDED = """
import sys
from types import SimpleNamespace

from board.app import Board
from upward_asgi.testing import record

states = [Board(["a", "bb"], "ann"), Board([], "bob"), Board(["ccc"])]
open_sessions = [SimpleNamespace(kind="websocket", path="/ws", state=state) for state in states]
record(SimpleNamespace(open=lambda: open_sessions, release="1.0.0"), sys.argv[1])
"""


def check_of(folder: Path, code_change: str) -> UpgradeCheck:
    """The check of a release with this `code_change`, with three recorded sessions."""
    dist = folder / "dist"
    dist.mkdir()
    old = write_wheel(dist, "board", "1.0.0", OLD)
    write_wheel(dist, "board", "1.0.1", changed(code_change))
    states = folder / "states.pickle"
    subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(old)!r})\n{RECORDED}", str(states)],
        check=True,
    )
    return UpgradeCheck.of_newest("board.app:app", dist, recording=states)


def test_a_good_release_passes_every_check(tmp_path: Path) -> None:
    """Recorded texts are masked; states follow up and down; traffic is answered meanwhile."""
    check = check_of(tmp_path, GOOD)
    up = check.up()
    assert up.sessions == 3
    assert up.states == (
        "Board(lines=[('x', False), ('xx', False)], user='xxx')",
        "Board(lines=[], user='xxx')",
        "Board(lines=[('xxx', False)], user='xxxxxx')",
    )
    assert check.down().states[0] == "Board(lines=['x', 'xx'], user='xxx')"
    assert check.round_trip().operation["state"] == "succeeded"
    assert check.failing_at(2).operation["state"] == "rolled_back"
    answers = check.with_traffic("hello", times=2).answers
    assert answers[:6] == ("3", "4", "5", "6", "7", "8")


@pytest.mark.parametrize(
    ("code_change", "check", "words"),
    [
        (GOOD.replace("state.lines]", "state.missing]"), "up", "AttributeError"),
        (GOOD.replace("[line for line, _ in state.lines]", "[]"), "round_trip", "lines=\\[\\]"),
        (GOOD.replace("if isinstance", "if 1 / isinstance"), "up", "ZeroDivisionError"),
        (GOOD.replace("Down):", "Down):\n            1 / 0"), "down", "Zero"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, code_change: str, check: str, words: str) -> None:
    """A release that does not follow fails the check, with the reason."""
    with pytest.raises(UpgradeFailed, match=words):
        getattr(check_of(tmp_path, code_change), check)()


def test_a_k_that_no_session_has(tmp_path: Path) -> None:
    """Nothing fails there, so nothing was proved."""
    with pytest.raises(UpgradeFailed, match="at session 9 of 3 to be undone"):
        check_of(tmp_path, GOOD).failing_at(9)


def test_paths_instead_of_a_recording(tmp_path: Path) -> None:
    """Fresh sessions, one for each path."""
    old = write_wheel(tmp_path, "board", "1.0.0", OLD)
    new = write_wheel(tmp_path, "board", "1.0.1", changed(GOOD))
    check = UpgradeCheck("board.app:app", old=old, new=new, paths=["/ws", "/ws"])
    assert check.up().states == ("Board(lines=[], user='nobody')",) * 2


@pytest.mark.parametrize("wheels", [(), ("1.0.0",), ("1.0.0", "1.1.0")])
def test_no_patch_release(tmp_path: Path, wheels: tuple[str, ...]) -> None:
    """A folder without a release and its patch is refused, with what is there."""
    for version in wheels:
        write_wheel(tmp_path, "board", version, OLD)
    with pytest.raises(ConfigurationError, match="one of its patch releases"):
        UpgradeCheck.of_newest("board.app:app", tmp_path, paths=["/ws"])


def test_neither_recording_nor_paths(tmp_path: Path) -> None:
    """Without sessions there is nothing to check."""
    with pytest.raises(ConfigurationError, match="neither"):
        UpgradeCheck("board.app:app", old=tmp_path, new=tmp_path)


@dataclass
class Secret:
    """A state with texts in many places."""

    name: str
    parts: dict[str, list[str]] = field(default_factory=dict)
    pair: tuple[str, int] = ("a", 1)
    data: bytes = b"secret"


def test_mask_reaches_every_text() -> None:
    """Texts become as many x, wherever they stand; keys and numbers stay; the original is untouched."""
    state = Secret("ann", {"mail": ["a@b", "c"]}, ("pq", 7))
    sessions = SimpleNamespace(
        open=lambda: [SimpleNamespace(kind="websocket", path="/ws", state=state)], release="1.0.0"
    )
    recording = record(sessions)
    assert recording.sessions == (("/ws", Secret("xxx", {"mail": ["xxx", "x"]}, ("xx", 7), b"xxxxxx")),)
    assert state == Secret("ann", {"mail": ["a@b", "c"]}, ("pq", 7))
    plain = SimpleNamespace(text="abc", me=None)
    plain.me = plain
    assert mask(plain).text == "xxx"


def test_another_pickle(tmp_path: Path) -> None:
    """A file that is no recording is told from one."""
    import pickle

    (tmp_path / "other").write_bytes(pickle.dumps([1]))
    with pytest.raises(ConfigurationError, match="a pickled list"):
        Recording.load(tmp_path / "other")


PROJECT_TESTS = """
def test_sessions_follow(upward_check):
    assert upward_check.up().sessions == 2


def test_and_come_back(upward_check):
    upward_check.round_trip()
"""


def test_the_fixture(tmp_path: Path) -> None:
    """`upward_check` in a project's own tests, from its settings."""
    dist = tmp_path / "dist"
    dist.mkdir()
    write_wheel(dist, "board", "1.0.0", OLD)
    write_wheel(dist, "board", "1.0.1", changed(GOOD))
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["upward_asgi.testing.plugin"]\n')
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nupward_app = board.app:app\nupward_paths =\n  /ws\n  /other\n"
    )
    (tmp_path / "test_upgrades.py").write_text(PROJECT_TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
