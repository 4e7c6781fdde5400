"""A server killed in the middle of everything, two processes on one store, clocks that jump."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.wheels import write_wheel
from upward_asgi.store import Store

NAME = "board"
APP = """
from upward_asgi import LiveSession

from .words import WORD


class Counter(LiveSession):
    async def mount(self):
        self.state = 0

    async def handle_event(self, message):
        self.state += 1
        await self.send_text(f"{WORD} {self.state}")


async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await Counter(scope, receive, send)
"""


class Server:
    """`upward run` as a process."""

    def __init__(self, folder: Path) -> None:
        self.token = folder / "token"
        self.token.touch(0o600)
        self.token.write_text("secret")
        command = ["run", f"{NAME}.app:app", "--store", folder / "store", "--port", 0]
        self.process = subprocess.Popen(
            [*CLI, *map(str, command), "--admin-token-file", str(self.token), "--log-level", "critical"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip().rpartition(" at ")[2]

    def command(self, *arguments: str) -> tuple[int, dict[str, object]]:
        done = subprocess.run(
            [*CLI, *arguments, "--url", self.url, "--token-file", str(self.token), "--json"],
            capture_output=True,
            text=True,
            check=False,
            timeout=80,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout)

    def ask(self) -> str:
        with connect(self.url.replace("http", "ws"), open_timeout=20) as socket:
            socket.send("x")
            return str(socket.recv(20))

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


CLI = [sys.executable, "-m", "upward_asgi.cli"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a base and two patches."""
    store = Store.create(tmp_path / "store")
    for patch, word in enumerate(("zero", "one", "two")):
        files = {"__init__.py": "", "app.py": APP, "words.py": f"WORD = {word!r}\n"}
        store.unpack(write_wheel(tmp_path, NAME, f"1.0.{patch}", files))
    return store


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    """Servers that the test starts; none outlives it."""
    started: list[Server] = []
    yield started
    for server in started:
        if server.process.returncode is None:
            server.kill()


@pytest.mark.timeout(200)
def test_a_server_that_is_killed_boots_what_was_permanent(
    store: Store, servers: list[Server], tmp_path: Path
) -> None:
    """Provisional, a release is gone with its process; permanent, it is what boots; both upgrade again."""
    servers.append(Server(tmp_path))
    assert servers[-1].command("upgrade")[1]["state"] == "succeeded"
    assert servers[-1].ask() == "one 1"
    servers[-1].kill()
    servers.append(Server(tmp_path))
    assert servers[-1].ask() == "zero 1"
    assert servers[-1].command("upgrade")[1]["state"] == "succeeded"
    assert servers[-1].command("permanent")[0] == 0
    servers[-1].kill()
    servers.append(Server(tmp_path))
    assert servers[-1].ask() == "one 1"
    assert servers[-1].command("upgrade")[1]["state"] == "succeeded"
    assert servers[-1].ask() == "two 1"


@pytest.mark.timeout(200)
def test_two_servers_on_one_store(store: Store, servers: list[Server], tmp_path: Path) -> None:
    """A process never patches from a release that it does not run, whatever the store says is current."""
    servers.append(Server(tmp_path))
    servers.append(Server(tmp_path))
    first, second = servers
    assert first.command("upgrade")[1]["state"] == "succeeded"
    status, answer = second.command("upgrade")
    assert status == 1
    error = answer["error"]
    assert isinstance(error, dict)
    assert error["code"] == "configuration"
    assert "1.0.0, which this process runs" in error["message"]
    assert (first.ask(), second.ask()) == ("one 1", "zero 1")


CLOCKS = """
import datetime, itertools, sys, time
from upward_asgi.cli import main

hours = itertools.cycle((0, 50, -70, 1_000_000, -30))
real = time.time
time.time = lambda: real() + 3600 * next(hours)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.timeout(200)
def test_the_wall_clock_jumps(store: Store, servers: list[Server], tmp_path: Path) -> None:
    """Hours forth and back at every look at the wall clock: no wait ends early or late."""
    (tmp_path / "clocks.py").write_text(CLOCKS)
    before, CLI[:] = list(CLI), [sys.executable, str(tmp_path / "clocks.py")]
    try:
        servers.append(Server(tmp_path))
        answer = servers[-1].command("upgrade")[1]
        assert answer["state"] == "succeeded"
        phases = answer["phases"]
        assert isinstance(phases, list)
        assert all(0 <= phase["seconds"] < 60 for phase in phases)
        assert servers[-1].ask() == "one 1"
        assert servers[-1].command("status")[1]["permanent"] == "1.0.0"
    finally:
        CLI[:] = before
