"""Routes of a served FastAPI application change while a WebSocket is open, on a real uvicorn, up and down."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import websockets

from tests.imports import imports_restored
from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi.middleware import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import OperationState, ProofPolicy

pytestmark = pytest.mark.timeout(120)

NAME = "served_routes"
MAIN = """
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, WebSocket

from .items import router


@asynccontextmanager
async def lifespan(app):
    app.state.started = 1
    app.pool = object()
    yield {"pool": "shared"}


app = FastAPI(lifespan=lifespan)
app.include_router(router, prefix="/items")


@app.get("/state")
def state(request: Request):
    return {"started": app.state.started, "pool": request.state.pool, "own": hasattr(app, "pool")}


@app.websocket("/ws")
async def talk(websocket: WebSocket):
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text() + " " + word())


def word():
    return "old"
"""
ITEMS = """
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Item(BaseModel):
    name: str


@router.post("/")
def create(item: Item):
    return item
"""
NEW_MAIN = MAIN.replace('"old"', '"new"').replace('"/items"', '"/things"')
NEW_MAIN += """

@app.middleware("http")
async def stamp(request: Request, call_next):
    response = await call_next(request)
    response.headers["x-release"] = "new"
    return response
"""
NEW_ITEMS = ITEMS.replace("    name: str\n", "    name: str\n    price: int = 7\n")


@pytest.fixture
def upward(tmp_path: Path) -> Iterator[Upward]:
    store = Store.create(tmp_path / "releases")
    store.unpack(
        write_wheel(tmp_path, NAME, "1.0.0", {"__init__.py": "", "main.py": MAIN, "items.py": ITEMS})
    )
    store.unpack(
        write_wheel(tmp_path, NAME, "1.0.1", {"__init__.py": "", "main.py": NEW_MAIN, "items.py": NEW_ITEMS})
    )
    with imports_restored(NAME):
        yield Upward(f"{NAME}.main:app", store=store.root, proof=ProofPolicy.REFUSE)


async def seen(client: httpx2.AsyncClient) -> list[object]:
    found: list[object] = []
    for path in ("/items/", "/things/"):
        response = await client.post(path, json={"name": "n"})
        found.append((response.status_code, response.json(), response.headers.get("x-release")))
    found.append((await client.get("/state")).json())
    found.append(sorted((await client.get("/openapi.json")).json()["paths"]))
    return found


async def test_an_open_websocket_lives_through_changed_routes(upward: Upward) -> None:
    """The socket stays open, app.state, lifespan state and own attributes stay; routes are the release's."""
    state = {"started": 1, "pool": "shared", "own": True}
    missing = {"detail": "Not Found"}
    old = [(200, {"name": "n"}, None), (404, missing, None), state, ["/items/", "/state"]]
    new = [(404, missing, "new"), (200, {"name": "n", "price": 7}, "new"), state, ["/state", "/things/"]]
    async with (
        serving(upward) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as client,
        websockets.connect(f"ws://{address}/ws") as socket,
    ):
        app = sys.modules[f"{NAME}.main"].app
        assert await said(socket) == "hi old"
        assert await seen(client) == old
        for start, expected, word in (
            ("upgrade", new, "new"),
            ("downgrade", old, "old"),
            ("upgrade", new, "new"),
        ):
            operation = getattr(upward.engine, start)()
            ended = await upward.engine.finished(operation.id, 50)  # type: ignore[union-attr]
            assert ended.state is OperationState.SUCCEEDED, ended.to_json()
            assert await said(socket) == f"hi {word}"
            assert await seen(client) == expected
            assert sys.modules[f"{NAME}.main"].app is app


async def said(socket: Any) -> str:
    await socket.send("hi")
    with anyio.fail_after(10):
        return str(await socket.recv())
