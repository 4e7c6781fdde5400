"""The CLI's HTTP client, against small servers of its own."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from upward_asgi.cli.client import Server
from upward_asgi.errors import (
    BelowBase,
    ConfigurationError,
    OperationInProgress,
    ServerUnreachable,
    Unauthorized,
)

Answers = list[tuple[int, object]]


class Scripted(HTTPServer):
    """Answers with what it is given, in order, and remembers the requests."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Scripted

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, document = self.server.answers.pop(0)
        text = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[..., Scripted]]:
    """Starts scripted servers, and stops them."""
    started: list[tuple[Scripted, threading.Thread]] = []

    def start(*answers: tuple[int, object]) -> Scripted:
        server = Scripted(list(answers))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return server

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


def client(server: Scripted, path: str = "", **options: object) -> Server:
    return Server(url=f"http://127.0.0.1:{server.server_port}{path}", **options)  # type: ignore[arg-type]


def test_a_call_carries_token_prefix_and_path(serve) -> None:
    """A URL with a path is one that a proxy mounts the service at."""
    server = serve((200, {"release": "1.0.0"}))
    found = client(server, "/api/", token="t", prefix="/_ops").get("status")
    assert found == {"release": "1.0.0"}
    method, path, headers, _ = server.asked[0]
    assert (method, path, headers["Authorization"]) == ("GET", "/api/_ops/status", "Bearer t")


def test_a_mutation_is_json(serve) -> None:
    """As the admin API wants it."""
    server = serve((200, {}))
    client(server).post("permanent", {})
    assert server.asked[0][2]["Content-Type"] == "application/json"
    assert server.asked[0][3] == b"{}"


def test_an_operation_is_waited_for(serve) -> None:
    """The operation runs in the server; the client asks until it has ended."""
    running = {"id": "x", "state": "running"}
    server = serve((202, running), (200, running), (200, {"id": "x", "state": "succeeded"}))
    assert client(server).operate("upgrade", {}, 60)["state"] == "succeeded"
    assert [(method, path) for method, path, *_ in server.asked] == [
        ("POST", "/_upward/upgrade"),
        ("GET", "/_upward/operations/x"),
        ("GET", "/_upward/operations/x"),
    ]
    assert server.asked[1][2]["Prefer"] == "wait=10"


def test_an_operation_that_takes_too_long_is_left_to_itself(serve) -> None:
    """The error says that it goes on."""
    server = serve((202, {"id": "x", "state": "running"}))
    with pytest.raises(ServerUnreachable, match="goes on without this command"):
        client(server).operate("upgrade", {}, -1)


def test_an_interruption_leaves_the_operation_to_itself(serve, monkeypatch) -> None:
    """Control-C ends the waiting, not the upgrade, and the message says so."""

    def interrupted(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "get", interrupted)
    server = serve((202, {"id": "x", "state": "running"}))
    with pytest.raises(ServerUnreachable, match=r"operation x .* interruption; it goes on"):
        client(server).operate("upgrade", {}, 60)


@pytest.mark.parametrize(
    ("code", "cls"),
    [
        ("below_base", BelowBase),
        ("unauthorized", Unauthorized),
        ("operation_in_progress", OperationInProgress),
    ],
)
def test_a_problem_becomes_the_error_that_it_was(serve, code, cls) -> None:
    """So the CLI's exit status and JSON are those of the error in the server."""
    server = serve((409, {"code": code, "expected": "a", "got": "b", "do": "c", "operation": "x"}))
    with pytest.raises(cls, match="expected a, got b; c"):
        client(server).get("status")


@pytest.mark.parametrize(
    "answer", [(404, b"<h1>Not Found</h1>"), (200, b"hello"), (500, {"detail": "?"}), (302, b"")]
)
def test_another_server_is_told_from_the_admin_api(serve, answer) -> None:
    """What answers is not the admin API: the message names the address."""
    server = serve(answer)
    with pytest.raises(ServerUnreachable, match=str(server.server_port)):
        client(server).get("status")


@pytest.mark.parametrize("document", [[], {}, {"state": "running"}, "x"])
def test_an_answer_that_is_no_operation_is_told(serve, document) -> None:
    """Some other service's JSON is not taken for success."""
    server = serve((200, document))
    with pytest.raises(ServerUnreachable, match="no operation"):
        client(server).operate("upgrade", {}, 60)


def test_a_server_that_is_not_there_is_told() -> None:
    """Nobody listens on this port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServerUnreachable, match="refused"):
            Server(url=url).get("status")


def test_a_socket_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The message names the path."""
    with pytest.raises(ServerUnreachable, match=str(tmp_path)):
        Server(uds=tmp_path / "none").get("status")


def test_a_server_that_hangs_up_is_told() -> None:
    """A connection that is closed without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            listening.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(ServerUnreachable):
            Server(url=f"http://127.0.0.1:{listening.getsockname()[1]}").get("status")
        thread.join()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://", "http://localhost:x", ""])
def test_a_url_that_is_none_is_told(url: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match="--url"):
        Server(url=url).get("status")


def test_the_token_is_not_shown() -> None:
    """Not even in a representation."""
    assert "sesame" not in repr(Server(token="sesame"))


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (("upgrade", "--accept-startup"), {"dry_run": False, "accept_startup": True}),
        (("upgrade", "--to", "1.0.2"), {"dry_run": False, "to": "1.0.2"}),
        (("downgrade", "--dry-run", "--accept-startup"), {"dry_run": True, "accept_startup": True}),
        (
            ("install", "1.0.1", "--accept-startup"),
            {"dry_run": False, "accept_startup": True, "version": "1.0.1"},
        ),
    ],
)
def test_what_is_asked_of_the_server(serve, upward, command, body) -> None:
    """The options of an operation reach the server; one that is not given is not sent."""
    done = {"id": "x", "kind": command[0], "state": "succeeded", "report": {}, "phases": []}
    server = serve((200, done))
    assert upward(*command, "--url", f"http://127.0.0.1:{server.server_port}", "--json").status == 0
    assert json.loads(server.asked[0][3]) == body
