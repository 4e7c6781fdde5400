"""Talking to a running server's admin API, with the standard library's HTTP client."""

from __future__ import annotations

import http.client
import json
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ..admin.problems import problem_to_error
from ..errors import ConfigurationError, ServerUnreachable, UpwardError

__all__ = ["Answer", "Server"]

LONG_POLL = 10
"""Seconds that the server is asked to hold one question after an operation."""
PAUSE = 0.2
"""Seconds between two questions to a server that answers at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered to one call that it carried out."""

    status: int
    location: str | None
    body: object


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket; the Host is `localhost`."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@dataclass(frozen=True, slots=True)
class Server:
    """One server's admin API. Every call raises what the server answered, or `ServerUnreachable`."""

    url: str = "http://127.0.0.1:8000"
    uds: Path | None = None
    """A unix socket, instead of the URL."""
    prefix: str = "/_upward"
    token: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    """Seconds without an answer after which the server counts as unreachable."""

    @property
    def name(self) -> str:
        """The server's address, for people."""
        return f"unix:{self.uds}" if self.uds else self.url

    def get(self, call: str, *, wait: int = 0) -> object:
        """The answer to `GET PREFIX/CALL`, waiting up to `wait` seconds for an operation to end."""
        return self._ask("GET", call, None, {"Prefer": f"wait={wait}"} if wait else {}).body

    def post(self, call: str, body: dict[str, object]) -> object:
        """The answer to `POST PREFIX/CALL`."""
        return self._ask("POST", call, json.dumps(body).encode(), {"Content-Type": "application/json"}).body

    def operate(self, call: str, body: dict[str, object], timeout: float) -> dict[str, object]:
        """Start an operation and return it when it has ended; the operation outlives this process.

        Raises `ServerUnreachable` when it has not ended after `timeout` seconds.
        """
        operation = self._operation(self.post(call, body))
        try:
            return self._ended(operation, time.monotonic() + timeout)
        except (KeyboardInterrupt, TimeoutError) as error:
            raise ServerUnreachable(
                expected=f"operation {operation['id']} to end while this command waits",
                got="an interruption" if isinstance(error, KeyboardInterrupt) else f"none in {timeout:g} s",
                do="it goes on without this command: ask `upward status` how it went",
            ) from error

    def _ended(self, operation: dict[str, object], deadline: float) -> dict[str, object]:
        """The operation when it has ended. Raises `TimeoutError` at the deadline."""
        while operation.get("state") == "running":
            asked = time.monotonic()
            if asked > deadline:
                raise TimeoutError
            operation = self._operation(self.get(f"operations/{operation['id']}", wait=LONG_POLL))
            if time.monotonic() - asked < PAUSE:
                time.sleep(PAUSE)
        return operation

    def _operation(self, found: object) -> dict[str, object]:
        if isinstance(found, dict) and isinstance(found.get("state"), str) and "id" in found:
            return found
        raise self._unreachable("an answer that is no operation", "check --url and --prefix")

    def _ask(self, method: str, call: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        path = urlsplit(self.url).path.rstrip("/") if self.uds is None else ""
        connection = self._connection()
        try:
            connection.request(method, f"{path}{self.prefix}/{call}", body, headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(
                f"{error.strerror if isinstance(error, OSError) and error.strerror else error!r}",
                "start it with `upward run`, or correct --url or --uds",
            ) from error
        finally:
            connection.close()
        return self._read(response, text)

    def _connection(self) -> http.client.HTTPConnection:
        if self.uds is not None:
            return _UnixConnection(self.uds, self.timeout)
        try:
            parts = urlsplit(self.url)
            if parts.scheme == "http" and parts.hostname:
                return http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
            if parts.scheme == "https" and parts.hostname:
                return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self.timeout)
        except ValueError:
            pass  # a port that is no number: the same mistake, the same message
        raise ConfigurationError(
            expected="a URL such as http://127.0.0.1:8000", got=self.url, do="correct --url"
        )

    def _read(self, response: http.client.HTTPResponse, text: bytes) -> Answer:
        try:
            body: object = json.loads(text)
        except ValueError:
            body = None
        if response.status < 300 and body is not None:
            return Answer(response.status, response.headers.get("Location"), body)
        raise self._problem(response.status, body)

    def _problem(self, status: int, body: object) -> UpwardError:
        error = problem_to_error(body) if isinstance(body, dict) else None
        return error or self._unreachable(
            f"HTTP {status} from something else",
            f"check --url and --prefix, and that the server was started with its admin API on: {self.name}",
        )

    def _unreachable(self, got: str, do: str) -> ServerUnreachable:
        return ServerUnreachable(expected=f"an answer from the admin API at {self.name}", got=got, do=do)
