"""A real `upward run` over a store, the requests that are asked of it, and its admin API."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environments import App
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

__all__ = ["Answer", "Load", "Server", "different", "serving", "store_of", "upward"]

PROJECT = Path(__file__).resolve().parents[2]
_SERVE = Path(__file__).resolve().parent / "serve"
_START = 300.0
"""Seconds until a server must be ready."""
_OPERATION = 900
"""Seconds for one operation."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with, without what differs from start to start."""

    status: int
    type: str
    body: str


class Server:
    """A server that is ready."""

    def __init__(self, app: App, python: Path, url: str, work: Path) -> None:
        self.app, self.python, self.url = app, python, url
        self.work = work
        """The folder that it runs in and may write to."""

    def answers(self) -> dict[str, Answer]:
        """Every request of the application, answered."""
        return {request: self.ask(request) for request in self.app.requests}

    def ask(self, request: str) -> Answer:
        """One request, written `METHOD /path {"json": "body"}`."""
        method, _, rest = request.partition(" ")
        path, _, body = rest.partition(" ")
        asked = urllib.request.Request(self.url + path, method=method, data=body.encode() or None)
        if body:
            asked.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(asked, timeout=60) as answered:
                return self._answer(answered.status, answered.headers, answered.read())
        except urllib.error.HTTPError as error:
            return self._answer(error.code, error.headers, error.read())

    def _answer(self, status: int, headers: Any, body: bytes) -> Answer:
        text = body.decode("utf-8", "replace").replace(self.url, "<url>")
        text = text.replace(str(self.work), "<work>").replace(str(self.work.parent), "<place>")
        if "json" in headers.get("content-type", ""):
            text = _sorted(text)
        for pattern in self.app.hide:
            text = re.sub(pattern, "<hidden>", text)
        return Answer(status, headers.get("content-type", ""), text)

    def operate(self, *command: str) -> dict[str, Any]:
        """`upward upgrade` and the like; the operation, or the error, as its JSON says."""
        where = ("--url", self.url, "--token-file", str(self.work / "token"), "--timeout", str(_OPERATION))
        found: dict[str, Any] = json.loads(upward(self.python, *command, *where, "--json").stdout)
        return found


def _sorted(text: str) -> str:
    """JSON with its keys in order: what a patch adds to a living table comes last."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


def upward(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One `upward` command, in the application's environment."""
    command = [str(python), "-m", "upward_asgi.cli", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env=_environment({}), timeout=_OPERATION + 60
    )


def store_of(folder: Path, python: Path, wheels: Sequence[Path]) -> Path:
    """A store with these releases; the first one boots."""
    for wheel in wheels:
        done = upward(python, "unpack", str(wheel), "--store", str(folder))
        if done.returncode:
            raise RuntimeError(f"{wheel.name} was not unpacked: {done.stderr[-600:]}")
    return folder


@contextmanager
def serving(app: App, python: Path, store: Path, work: Path) -> Iterator[Server]:
    """Serve what the store boots, in the folder `work`, which the application may write to."""
    work.mkdir(parents=True, exist_ok=True)
    token = work / "token"
    token.write_text(f"{secrets.token_hex(24)}\n")
    token.chmod(0o600)
    command = [str(python), "-m", "upward_asgi.cli", "run", app.target, "--store", str(store), "--port", "0"]
    command += ["--admin-token-file", str(token), "--log-level", "warning", "--json"]
    given = {name: value.replace("{work}", str(work)) for name, value in app.environment.items()}
    with (work / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=work, stdout=subprocess.PIPE, stderr=log, text=True, env=_environment(given)
        )
    timer = threading.Timer(_START, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        told: list[str] = []
        for line in process.stdout:
            told.append(line)
            if line.startswith('{"serving"'):
                break
        timer.cancel()
        if not told or not told[-1].startswith('{"serving"'):
            told.append((work / "log").read_text())
            raise RuntimeError(f"{app.name} did not start: {''.join(told)[-1500:]}")
        drain = threading.Thread(target=lambda: [None for _ in process.stdout or ()], daemon=True)
        drain.start()
        yield Server(app, python, json.loads(told[-1])["url"], work)
    finally:
        timer.cancel()
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join((str(PROJECT), str(_SERVE)))
    return {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **given}


def different(expected: Mapping[str, Answer], got: Mapping[str, Answer]) -> list[str]:
    """The requests that were answered differently, with the first difference."""
    return [f"{r}: {_first(expected[r], got[r])}" for r in expected if expected[r] != got[r]]


def _first(expected: Answer, got: Answer) -> str:
    if (expected.status, expected.type) != (got.status, got.type):
        return f"{expected.status} {expected.type} became {got.status} {got.type}"
    at = next(
        (i for i, (a, b) in enumerate(zip(expected.body, got.body, strict=False)) if a != b),
        min(len(expected.body), len(got.body)),
    )
    shown = slice(max(0, at - 40), at + 60)
    return f"{expected.body[shown]!r} became {got.body[shown]!r}"


@dataclass
class Load:
    """Requests one after another, and one WebSocket that stays open; nothing of it may break."""

    server: Server
    asked: int = 0
    broken: list[str] = field(default_factory=list)

    def __enter__(self) -> Load:
        self._reads = [request for request in self.server.app.requests if request.startswith("GET")]
        self._before = {request: self.server.ask(request).status for request in self._reads}
        self._stop = threading.Event()
        work = [self._requests] + ([self._socket] if self.server.app.socket else [])
        self._threads = [threading.Thread(target=target) for target in work]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _requests(self) -> None:
        while not self._stop.wait(0.2):  # real time: a few requests a second
            request = self._reads[self.asked % len(self._reads)]
            try:
                status = self.server.ask(request).status
                if status >= 500 and status != self._before[request]:
                    self.broken.append(f"{request}: {status}")
            except OSError as error:
                self.broken.append(f"{request}: {error}")
            self.asked += 1

    def _socket(self) -> None:
        try:
            with connect(self.server.url.replace("http", "ws", 1) + str(self.server.app.socket)) as socket:
                while not self._stop.is_set():
                    with suppress(TimeoutError):
                        message = str(socket.recv(timeout=0.5))
                        if message in self.server.app.replies:
                            socket.send(self.server.app.replies[message])
        except (ConnectionClosed, OSError) as error:
            if not self._stop.is_set():
                self.broken.append(f"{self.server.app.socket}: {error}")
