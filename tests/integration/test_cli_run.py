"""`upward run` and the commands that talk to it, as processes: real uvicorn, real sockets, real releases."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.sync.client import connect

APP = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from .words import greeting

async def home(request):
    return PlainTextResponse(greeting())

async def chat(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(greeting() + " " + text)

app = Starlette(routes=[Route("/", home), WebSocketRoute("/chat", chat)])
"""

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "talk"
version = "{version}"
requires-python = ">=3.11"
"""

TOKEN = "open-sesame"
VERSIONS = ("1.0.0", "1.0.1", "1.0.2", "1.1.0")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


def upward(*arguments: object, **environment: str) -> Ended:
    """One command in a process of its own."""
    command = [sys.executable, "-m", "upward_asgi.cli", *map(str, arguments)]
    env = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50, env=env)
    assert "Traceback" not in done.stdout + done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


class Server:
    """`upward run` on a free port, ended by its pid."""

    def __init__(self, folder: Path, store: Path, *options: object, target: str = "talk.app:app") -> None:
        self.folder = folder
        self.token_file = folder / "token"
        self.token_file.touch(0o600)
        self.token_file.write_text(TOKEN)
        self.log = folder / "server.log"
        command = [sys.executable, "-m", "upward_asgi.cli", "run", target, "--store", store, "--port", 0]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*map(str, command), *map(str, options)], stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline().strip()
        self.url = self.line.rpartition(" at ")[2]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.returncode is not None:
            return self.process.returncode
        self.process.send_signal(number)
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def command(self, *arguments: object) -> Ended:
        return upward(*arguments, "--url", self.url, "--token-file", self.token_file)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=20) as answer:
            return answer.read().decode()


def write_release(folder: Path, version: str) -> Path:
    package = folder / "talk"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT.format(version=version))
    (package / "__init__.py").touch()
    (package / "app.py").write_text(APP)
    (package / "words.py").write_text(f"def greeting():\n    return 'hello from {version}'\n")
    return folder


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of all releases."""
    folder = tmp_path_factory.mktemp("talk")
    for version in VERSIONS:
        assert upward("build", write_release(folder / version, version), "--out", folder / "dist").status == 0
    return folder / "dist"


@pytest.fixture(scope="module")
def full_store(dist: Path) -> Path:
    """A store with all releases; 1.0.0 boots."""
    folder = dist.parent / "store"
    for version in VERSIONS:
        wheel = dist / f"talk-{version}-py3-none-any.whl"
        assert upward("unpack", wheel, "--store", folder).status == 0
    return folder


@pytest.fixture
def store(full_store: Path, tmp_path: Path) -> Path:
    """A copy of it, for one test to change."""
    return Path(shutil.copytree(full_store, tmp_path / "store", symlinks=True))


@pytest.fixture
def run(tmp_path: Path, store: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers, and ends what is left of them."""
    started: list[Server] = []

    def start(*options: object, target: str = "talk.app:app") -> Server:
        started.append(Server(tmp_path, store, *options, target=target))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def test_up_and_back_with_a_session_open(run, tmp_path) -> None:
    """The main job: the socket stays open through upgrade, hops and rollback, and talks to each release."""
    server = run("--admin-token-file", tmp_path / "token")
    assert server.line.startswith("upward: serving talk.app:app 1.0.0 at http://127.0.0.1:")
    with connect(server.url.replace("http", "ws") + "/chat") as socket:

        def say() -> str:
            socket.send("x")
            return str(socket.recv(20))

        assert say() == "hello from 1.0.0 x"
        (session,) = server.command("sessions", "--json").json
        assert (session["path"], session["release"]) == ("/chat", "1.0.0")
        assert "/chat" in server.command("sessions").out

        tried = server.command("upgrade", "--dry-run", "--json")
        assert (tried.status, tried.json["state"]) == (0, "succeeded")
        assert say() == "hello from 1.0.0 x"

        done = server.command("upgrade")
        assert done.status == 0, done.out + done.err
        assert "1.0.0 → 1.0.1: done" in done.out
        assert "1 of 1 kept" in done.out
        assert say() == "hello from 1.0.1 x"

        assert server.command("upgrade", "--to", "1.0.2").status == 0
        assert say() == "hello from 1.0.2 x"
        assert server.get("/") == "hello from 1.0.2"

        assert server.command("downgrade").status == 0
        assert say() == "hello from 1.0.1 x"
        assert server.command("install", "1.0.0", "--json").json["state"] == "succeeded"
        assert say() == "hello from 1.0.0 x"

        status = server.command("status", "--json").json
        assert (status["release"], status["sessions"]["total"]) == ("1.0.0", 1)
        assert "release    1.0.0" in server.command("status").out


def test_refusals_are_status_2_and_change_nothing(run, tmp_path) -> None:
    """A new base, nothing newer, below the base: each with its code."""
    server = run("--admin-token-file", tmp_path / "token")
    for arguments, code in (
        (("downgrade",), "below_base"),
        (("upgrade", "--to", "1.1.0"), "not_a_patch_release"),
        (("upgrade", "--to", "1.0.0"), "nothing_newer"),
        (("install", "1.1.0"), "not_a_patch_release"),
    ):
        ended = server.command(*arguments, "--json")
        assert (ended.status, ended.json["error"]["code"]) == (2, code)
        told = server.command(*arguments)
        assert (told.status, told.out) == (2, "")
        assert told.err.startswith("upward: expected ")
    assert server.get("/") == "hello from 1.0.0"


@pytest.mark.parametrize(
    ("words", "more", "told"),
    [
        (None, 'dependencies = ["surely-missing>=1"]\n', "surely-missing"),
        ("raise RuntimeError('no')\n", "", "RuntimeError"),
        ("def (:\n", "", "talk/words.py"),
        ("import sys\nsys.exit(7)\n", "", "release_does_not_import"),
    ],
    ids=["cold", "raises", "syntax", "exits"],
)
def test_a_release_that_cannot_go_hot_is_refused(run, store, tmp_path, words, more, told) -> None:
    """A cold release, one that does not import, one that does not parse: status 2, and 1.0.0 goes on."""
    project = write_release(tmp_path / "bad", "1.0.3")
    (project / "pyproject.toml").write_text(PYPROJECT.format(version="1.0.3") + more)
    if words:
        (project / "talk" / "words.py").write_text(words)
    # An empty folder of wheels: without a release before it there is no appup, so any tree can be built.
    built = upward("build", project, "--out", tmp_path / "dist", "--json")
    assert upward("unpack", built.json["wheel"], "--store", store).status == 0
    server = run("--admin-token-file", tmp_path / "token")
    ended = server.command("upgrade", "--to", "1.0.3")
    assert ended.status == 2
    assert "1.0.0 → 1.0.3: refused; nothing was touched" in ended.out
    assert told in ended.out
    assert server.command("status", "--json").json["release"] == "1.0.0"
    assert server.get("/") == "hello from 1.0.0"
    assert server.command("upgrade").status == 0


def test_errors_of_the_caller_are_status_1(run, tmp_path) -> None:
    """An unknown version, a wrong token, no token, no server."""
    server = run("--admin-token-file", tmp_path / "token")
    unknown = server.command("upgrade", "--to", "1.0.9", "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (1, "unknown_release")
    for token in ("wrong", ""):
        ended = upward("status", "--url", server.url, "--json", UPWARD_TOKEN=token)
        assert (ended.status, ended.json["error"]["code"]) == (1, "unauthorized")
    right = upward("status", "--url", server.url, "--json", UPWARD_TOKEN_FILE=str(tmp_path / "token"))
    assert right.status == 0
    elsewhere = upward("status", "--url", server.url, "--prefix", "/other", "--json")
    assert (elsewhere.status, elsewhere.json["error"]["code"]) == (1, "server_unreachable")
    missing = upward("upgrade", "--url", server.url, "--token-file", tmp_path / "none", "--json")
    assert (missing.status, missing.json["error"]["code"]) == (1, "configuration")
    assert server.stop() == 0
    gone = upward("status", "--url", server.url, "--json")
    assert (gone.status, gone.json["error"]["code"]) == (1, "server_unreachable")


def test_what_is_permanent_boots_next(run, tmp_path) -> None:
    """A provisional release is gone after a restart, a permanent one comes back."""
    server = run("--admin-token-file", tmp_path / "token")
    assert server.command("upgrade").status == 0
    assert server.stop(signal.SIGKILL) != 0
    server = run("--admin-token-file", tmp_path / "token")
    assert "talk.app:app 1.0.0 at" in server.line
    assert server.command("upgrade").status == 0
    assert server.command("permanent", "--json").json["version"] == "1.0.1"
    assert server.stop(signal.SIGINT) == 0
    server = run("--json")
    ready = json.loads(server.line)
    assert (ready["serving"], ready["release"], ready["admin"]) == ("talk.app:app", "1.0.1", [])


def test_the_owners_socket(run, tmp_path) -> None:
    """The admin API on a unix socket of mode 0600, with no token, and not on the port."""
    path = tmp_path / "admin.sock"
    server = run("--admin-uds", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ended = upward("upgrade", "--uds", path, "--json")
    assert (ended.status, ended.json["state"]) == (0, "succeeded")
    assert server.get("/") == "hello from 1.0.1"
    releases = upward("releases", "--uds", path, "--json").json
    assert [one["status"] for one in releases] == ["permanent", "current", "unpacked", "unpacked"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.get("/_upward/status")
    with refused.value as answer:
        assert answer.code == 404
    assert server.stop() == 0
    assert not path.exists()


def test_without_configuration_there_is_no_admin_api(run) -> None:
    """The application's own 404 answers below the prefix."""
    server = run()
    for path in ("/_upward/status", "/_upward/livez", "/_upward"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.get(path)
        with refused.value as answer:
            assert (answer.code, answer.read()) == (404, b"Not Found")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("talk.app:app", "--store", "{tmp}/none"), "store_missing"),
        (("talk.app:app", "--store", "{store}", "--workers", "2"), "many_workers"),
        (("talk.app", "--store", "{store}"), "configuration"),
        (("talk.app:nothing", "--store", "{store}"), "configuration"),
        (("talk.nothing:app", "--store", "{store}"), "release_does_not_import"),
        (("talk.app:app", "--store", "{store}", "--admin-token-file", "{tmp}/none"), "configuration"),
        (("talk.app:app", "--store", "{store}", "--admin-token-file", "{tmp}/empty"), "configuration"),
        (("talk.app:app", "--store", "{store}", "--admin-uds", "{tmp}/none/sock"), "configuration"),
        (("talk.app:app", "--store", "{store}", "--host", "no.such.host.invalid"), "configuration"),
        (("talk.app:app", "--store", "{store}", "--ws", "nothing"), "usage"),
        (("talk.app:app", "--store", "{store}", "--loop", "nothing"), "usage"),
        (("talk.app:app", "--store", "{tmp}/corrupt"), "store_corrupt"),
    ],
)
def test_a_service_that_cannot_run_says_why(store, tmp_path, options, code) -> None:
    """Status 1, one clear error, and the releases as they were."""
    (tmp_path / "empty").touch()
    (tmp_path / "corrupt").mkdir()
    (tmp_path / "corrupt" / "RELEASES.json").write_text("[]")
    before = upward("releases", "--store", store, "--json").json
    ended = upward(
        "run", *(option.format(tmp=tmp_path, store=store) for option in options), "--port", 0, "--json"
    )
    assert (ended.status, ended.json["error"]["code"]) == (1, code)
    assert upward("releases", "--store", store, "--json").json == before


def test_the_ready_line_comes_whatever_the_application_does_to_the_output(dist, tmp_path) -> None:
    """An application that puts its own logger in the place of standard output: the line is still there."""
    project = write_release(tmp_path / "project", "1.0.0")
    app = project / "talk" / "app.py"
    app.write_text(f"import io, sys\nsys.stdout = io.StringIO()\n{app.read_text()}")
    assert upward("build", project, "--out", tmp_path / "dist").status == 0
    wheel = tmp_path / "dist" / "talk-1.0.0-py3-none-any.whl"
    assert upward("unpack", wheel, "--store", tmp_path / "store").status == 0
    server = Server(tmp_path, tmp_path / "store")
    try:
        assert server.line.startswith("upward: serving talk.app:app 1.0.0 at http://127.0.0.1:")
        assert server.get("/") == "hello from 1.0.0"
    finally:
        server.stop()


def test_a_lifespan_that_fails_is_told(dist, tmp_path) -> None:
    """The application's own start-up raised: status 1, not a server that serves nothing."""
    project = write_release(tmp_path / "project", "1.0.0")
    (project / "talk" / "app.py").write_text(
        "from starlette.applications import Starlette\n"
        "async def lifespan(app):\n    raise OSError('no database')\n    yield\n"
        "from contextlib import asynccontextmanager\n"
        "app = Starlette(lifespan=asynccontextmanager(lifespan))\n"
    )
    assert upward("build", project, "--out", tmp_path / "dist").status == 0
    wheel = tmp_path / "dist" / "talk-1.0.0-py3-none-any.whl"
    assert upward("unpack", wheel, "--store", tmp_path / "store").status == 0
    command = [sys.executable, "-m", "upward_asgi.cli", "run", "talk.app:app", "--port", "0", "--json"]
    done = subprocess.run(
        [*command, "--store", str(tmp_path / "store")],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "configuration"
    assert "no database" in done.stderr
