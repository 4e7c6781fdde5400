"""The admin API of `Upward(..., admin=Admin(...))` over real HTTP, on a real uvicorn in this process."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
import uvicorn
from websockets.sync.client import connect

from upward_asgi import Admin, Upward
from upward_asgi.store import Store, StoreImports

TOKEN = "open-sesame"
NAME = "parlour"

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
        await websocket.send_text(greeting())

app = Starlette(routes=[Route("/", home), WebSocketRoute("/chat", chat)])
"""


def write_wheel(folder: Path, version: str) -> Path:
    """A release of three modules."""
    info = f"{NAME}-{version}.dist-info"
    files = {
        f"{NAME}/__init__.py": "",
        f"{NAME}/app.py": APP,
        f"{NAME}/words.py": f"def greeting():\n    return {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: hashlib.sha256(text.encode()).digest() for name, text in files.items()}
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(files[name])}\n"
        for name, digest in digests.items()
    ]
    files[f"{info}/RECORD"] = "".join(rows) + f"{info}/RECORD,,\n"
    path = folder / f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict:
        return json.loads(self.text)


class Service:
    """A server in a thread, and requests to it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {TOKEN}", **headers}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read().decode())
        finally:
            connection.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service with 1.0.0 running and 1.0.1 and 1.0.2 in its store."""
    store = Store.create(tmp_path / "releases")
    for version in ("1.0.0", "1.0.1", "1.0.2"):
        store.unpack(write_wheel(tmp_path, version))
    app = Upward(f"{NAME}.app:app", store=store.root, admin=Admin(token=TOKEN))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield Service(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)
        for finder in [found for found in sys.meta_path if isinstance(found, StoreImports)]:
            finder.uninstall()
        for module in [name for name in sys.modules if name.partition(".")[0] == NAME]:
            del sys.modules[module]


def test_a_patch_release_by_http_with_a_session_open(service: Service) -> None:
    """The finished operation comes back to who waits; the session and new requests run the new release."""
    with connect(f"ws://127.0.0.1:{service.port}/chat") as session:
        session.send("?")
        assert session.recv(20) == "1.0.0"
        done = service.ask("POST", "/_upward/upgrade", {}, Prefer="wait=30")
        assert (done.status, done.headers["preference-applied"]) == (200, "wait=30")
        assert (done.json["state"], done.json["from"], done.json["to"]) == ("succeeded", "1.0.0", "1.0.1")
        assert done.json["report"]["sessions"]["kept"] == 1
        session.send("?")
        assert session.recv(20) == "1.0.1"
    assert service.ask("GET", "/").text == "1.0.1"
    assert service.ask("GET", "/_upward/status").json["release"] == "1.0.1"
    assert service.ask("POST", "/_upward/permanent", {}).json["status"] == "permanent"


def test_an_operation_outlives_a_caller_that_hangs_up(service: Service) -> None:
    """A connection that is cut right after the request: the upgrade is carried out all the same."""
    body = b"{}"
    head = (
        "POST /_upward/upgrade HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nPrefer: wait=30\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port)) as caller:
        caller.sendall(head.encode() + body)
        while not (operations := service.ask("GET", "/_upward/operations").json):
            pass
    (operation,) = operations
    ended = service.ask("GET", f"/_upward/operations/{operation['id']}", Prefer="wait=30").json
    assert ended["state"] == "succeeded"
    assert service.ask("GET", "/").text == "1.0.1"


def test_an_operation_is_found_at_its_location(service: Service) -> None:
    """202 with an address that answers; a second operation meanwhile is refused with the first one's id."""
    started = service.ask("POST", "/_upward/install", {"version": "1.0.2"})
    assert started.status == 202
    second = service.ask("POST", "/_upward/downgrade", {})
    assert (second.status, second.json["code"]) == (409, "operation_in_progress")
    assert second.json["operation"] == started.json["id"]
    ended = service.ask("GET", started.headers["location"], Prefer="wait=30")
    assert ended.json["state"] == "succeeded"
    assert service.ask("GET", "/").text == "1.0.2"


def test_a_web_pages_requests_do_not_get_through(service: Service) -> None:
    """What a browser can be made to send from another site: refused, even if it knew the token."""
    attacks = [
        {"Content-Type": "text/plain"},
        {"Origin": "http://evil.example"},
        {"Host": "evil.example"},
        {"Authorization": ""},
    ]
    statuses = [service.ask("POST", "/_upward/upgrade", {}, **attack).status for attack in attacks]
    assert statuses == [415, 403, 403, 401]
    assert service.ask("GET", "/_upward/operations").json == []
    answer = service.ask("OPTIONS", "/_upward/upgrade", Origin="http://evil.example")
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_paths_around_the_prefix(service: Service) -> None:
    """What only looks like the prefix is the application's; what is below it is the admin API's."""
    assert service.ask("GET", "/_upwards/status").text == "Not Found"
    for path in ("/_upward", "/_upward/", "/_upward//status", "/_upward/status/", "/_upward/%2e%2e/status"):
        answer = service.ask("GET", path, Authorization="")
        assert answer.status == 401, path
        assert service.ask("GET", path).status == 404, path
