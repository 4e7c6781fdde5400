"""The example as a service: its releases built into wheels, unpacked in a store, and `upward run`."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["HOT", "RELEASES", "SOURCES", "Answer", "Service", "free_port", "upward"]

SOURCES = Path(__file__).parent / "releases"
RELEASES = tuple(sorted(folder.name for folder in SOURCES.iterdir() if folder.is_dir()))
HOT = tuple(release for release in RELEASES if release.startswith("1.0."))
"""The base and the patch releases that follow it, oldest first."""
TIME_TO_START = 60.0
TIME_TO_END = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How one `upward` command ended."""

    status: int
    body: dict[str, Any]
    """The JSON document that it printed."""


def upward(*arguments: str | Path) -> Answer:
    """Run one `upward` command with `--json`."""
    command = [sys.executable, "-m", "upward_asgi.cli", *map(str, arguments), "--json"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    try:
        return Answer(done.returncode, json.loads(done.stdout))
    except ValueError:
        raise RuntimeError(
            f"expected JSON from {' '.join(command[2:])}, got status {done.returncode}:\n"
            f"{done.stdout}{done.stderr}"
        ) from None


@dataclass
class Service:
    """One running server of the example in a folder of its own; a context manager, ended by its pid."""

    folder: Path
    port: int = 0
    beat: float = 1.0
    """Seconds between two ticks of the board's clock."""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self.store.parent.mkdir(parents=True, exist_ok=True)
        self.token.touch(mode=0o600)
        self.token.write_text(secrets.token_hex(24))

    @property
    def store(self) -> Path:
        """The store that the server boots from."""
        return self.folder / "releases"

    @property
    def wheels(self) -> Path:
        """Where the built releases are."""
        return self.folder / "wheels"

    @property
    def token(self) -> Path:
        """The file with the admin token."""
        return self.folder / "admin-token"

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.folder / "server.log"

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def at(self) -> tuple[str | Path, ...]:
        """The options that point an `upward` command at this server."""
        return ("--url", self.url, "--token-file", self.token)

    def build(self, releases: Iterable[str] = RELEASES) -> None:
        """Build the releases, oldest first, so that each finds the one before it."""
        for release in releases:
            _expect_done(upward("build", SOURCES / release, "--out", self.wheels))

    def unpack(self, releases: Iterable[str] = RELEASES) -> None:
        """Put the releases into the store; the first one is what boots."""
        for release in releases:
            _expect_done(
                upward("unpack", self.wheels / f"board-{release}-py3-none-any.whl", "--store", self.store)
            )

    def __enter__(self) -> Service:
        options = [
            "--store",
            str(self.store),
            "--port",
            str(self.port),
            "--admin-token-file",
            str(self.token),
        ]
        command = [sys.executable, "-m", "upward_asgi.cli", "run", "board.app:app", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, "BOARD_BEAT": str(self.beat)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Ask the server to end, and see to it that it does."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(TIME_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of one page."""
        return self._ask("GET", path)

    def post(self, call: str, **body: object) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one call of the admin API, the operation that it starts being over."""
        headers = {
            "Authorization": f"Bearer {self.token.read_text()}",
            "Content-Type": "application/json",
            "Prefer": "wait=60",
        }
        status, text = self._ask("POST", f"/_upward/{call}", json.dumps(body), headers)
        return status, json.loads(text)

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + TIME_TO_START
        while True:
            try:
                self.get("/")
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        f"expected a server at {self.url}, got none; it said:\n{self.log.read_text()}"
                    ) from None
                time.sleep(0.05)
            else:
                return


def free_port() -> int:
    """A port that nobody listens on, from below those that the system gives to outgoing connections."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("expected a free port between 20000 and 32000, got none; name one")


def _expect_done(answer: Answer) -> None:
    if answer.status != 0:
        raise RuntimeError(
            f"expected exit status 0, got {answer.status}: {json.dumps(answer.body, indent=2)}"
        )
