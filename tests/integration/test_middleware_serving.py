"""`Upward` between a server and an application: what passes, what is tracked, what is refused."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from packaging.version import Version
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi import Admin, ConfigurationError, ImportedElsewhere, NothingNewer, StoreMissing, Upward
from upward_asgi.store import Store, StoreImports

NUMBERS = itertools.count()
APP = """
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

SEEN = []

@asynccontextmanager
async def lifespan(app):
    SEEN.append("up")
    yield {"from_lifespan": "yes"}
    SEEN.append("down")

async def page(request):
    return PlainTextResponse(f"hello {request.state.from_lifespan}")

async def socket(websocket):
    await websocket.accept()
    await websocket.send_text(websocket.state.from_lifespan)
    await websocket.receive()

app = Starlette(routes=[Route("/", page), WebSocketRoute("/ws", socket)], lifespan=lifespan)
not_an_app = 3
"""


def _comes_from(store: Store, module: Any) -> bool:
    return Path(module.__file__).resolve().is_relative_to(store.root.resolve())


@pytest.fixture
def name() -> Iterator[str]:
    """A package that no other test has imported; it is forgotten afterwards."""
    made = f"served_{next(NUMBERS)}"
    finders = list(sys.meta_path)
    yield made
    for module in [m for m in sys.modules if m.partition(".")[0] == made]:
        del sys.modules[module]
    for finder in [f for f in sys.meta_path if f not in finders]:
        assert isinstance(finder, StoreImports)
        finder.uninstall()


@pytest.fixture
def store(tmp_path: Path, name: str) -> Store:
    made = Store.create(tmp_path / "releases")
    made.unpack(write_wheel(tmp_path, name, "1.0.0", {"__init__.py": "", "app.py": APP}))
    return made


async def test_application_of_a_store(store: Store, name: str) -> None:
    """A named application is imported from the store; pages, sockets and lifespan state are its own."""
    service = Upward(f"{name}.app:app", store=store.root, admin=Admin(token="t" * 20))
    module = sys.modules[f"{name}.app"]
    assert _comes_from(store, module)
    assert service.sessions.release == Version("1.0.0") and service.engine is not None
    async with serving(service) as address:
        assert module.SEEN == ["up"]
        async with httpx.AsyncClient(base_url=f"http://{address}") as client:
            assert (await client.get("/")).text == "hello yes"
            assert (await client.get("/_upward")).status_code == 401
            assert (await client.get("/_upward/status")).status_code == 401
            assert (await client.get("/_upwards")).text == "Not Found"
            answer = await client.get("/_upward/status", headers={"authorization": f"Bearer {'t' * 20}"})
            assert answer.json()["release"] == "1.0.0"
        async with websockets.connect(f"ws://{address}/ws") as client_socket:
            assert await client_socket.recv() == "yes"
            assert service.sessions.by_release() == {"1.0.0": 1}
    assert module.SEEN == ["up", "down"]


async def test_engine_runs_without_a_lifespan_of_the_application(store: Store, name: str) -> None:
    """An application that knows no lifespan is served all the same, and can be upgraded."""

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await JSONResponse({"ok": True})(scope, receive, send)

    service = Upward(bare, store=store.root)
    assert service.engine is not None
    async with serving(service, lifespan="on") as address, httpx.AsyncClient() as client:
        assert (await client.get(f"http://{address}/")).json() == {"ok": True}
        assert service.engine.status()["operation"] is None
        with pytest.raises(NothingNewer):
            service.engine.upgrade()


async def test_failing_startup_is_the_servers_to_see(store: Store) -> None:
    """An application whose start-up fails stops the server, with its own error."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        raise ValueError("no database")
        yield

    sent = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "lifespan.startup"}

    service = Upward(Starlette(lifespan=lifespan), store=store.root)
    with pytest.raises(ValueError, match="no database"):
        await service({"type": "lifespan", "state": {}}, receive, send)
    assert sent[0]["type"] == "lifespan.startup.failed"


async def test_without_a_store() -> None:
    """Without a store the middleware tracks sessions and passes everything else through, by keyword too."""

    async def page(request: Request) -> JSONResponse:
        return JSONResponse({"extensions": "upward" in request.scope.get("extensions", {})})

    service = Upward(Starlette(routes=[Route("/", page)]))
    assert service.engine is None and service.store is None
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    await service(scope=scope, receive=receive, send=send)
    assert json.loads(sent[1]["body"]) == {"extensions": False}


def test_application_imported_from_elsewhere(store: Store, name: str, tmp_path: Path) -> None:
    """A module of the release that came from elsewhere than the store is named, and nothing is served."""
    package = tmp_path / "elsewhere" / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "app.py").write_text(APP)
    sys.path.insert(0, str(package.parent))
    try:
        __import__(f"{name}.app")
    finally:
        sys.path.remove(str(package.parent))
    with pytest.raises(ImportedElsewhere, match=name):
        Upward(f"{name}.app:app", store=store.root)


def test_settings_that_do_not_fit(store: Store, name: str, tmp_path: Path) -> None:
    """Wrong settings are refused with what to do."""
    with pytest.raises(ConfigurationError, match="store=DIR"):
        Upward("a:b", admin=Admin(token="t" * 20))
    with pytest.raises(ConfigurationError, match=r"package\.module:attribute"):
        Upward("no_colon")
    with pytest.raises(ConfigurationError, match="no such attribute"):
        Upward(f"{name}.app:missing", store=store.root)
    with pytest.raises(ConfigurationError, match="a int"):
        Upward(f"{name}.app:not_an_app", store=store.root)
    with pytest.raises(StoreMissing):
        Upward("a:b", store=tmp_path / "nowhere")
    with pytest.raises(ModuleNotFoundError):
        Upward("no_such_module:app", store=store.root)


def test_application_is_looked_up_again(store: Store, name: str) -> None:
    """After a patch the application object may be another one; the undo brings the first back."""
    service = Upward(f"{name}.app:app", store=store.root)
    target: Any = service.target
    first = target.app
    module: Any = sys.modules[f"{name}.app"]
    module.app = second = Starlette()
    undo = target.reload()
    assert target.app is second
    undo()
    assert target.app is first
    assert target.packages == (name,)
