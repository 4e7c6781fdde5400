"""A new handler on probation: one that crashes can be taken back, one that refuses its client ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
import pytest
import websockets
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.websockets import WebSocket

import upward_asgi
from tests.serving import serving
from upward_asgi.middleware import Upward
from upward_asgi.sessions import relay

from .restarting import EVENTS, LABEL, loop, service_of, upgrade, wait_for_sessions


async def test_way_back_after_a_crash() -> None:
    """A new handler that crashes before it waits for a message has sent nothing; there is a way back."""

    async def handler(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept()
        if label == "new":
            await websocket.send_text("half a view")
            raise ValueError("bad release")
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        await client.send("a")
        assert await client.recv() == "old a"
        (error,) = (await upgrade(service)).values()
        assert isinstance(error, ValueError)
        await client.send("b")
        LABEL[0] = "old"
        assert list((await service.sessions.restart(service.sessions.open())).values()) == [None]
        assert await client.recv() == "old b"


async def test_crash_without_a_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody goes back, a session whose new handler crashed ends as any crashed handler's does."""
    monkeypatch.setattr(relay, "DECISION_SECONDS", 0.05)

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        if LABEL[0] == "new":
            raise ValueError("bad release")
        await websocket.receive_text()

    service = service_of(handler)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        await wait_for_sessions(service, 1)
        (session,) = service.sessions.open()
        while session.restart is None:
            await anyio.lowlevel.checkpoint()
        await upgrade(service)
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
        await wait_for_sessions(service, 0)
        assert service.sessions.crashes == 1


async def resource(websocket: WebSocket) -> AsyncIterator[str]:
    EVENTS.append("opened")
    yield websocket.query_params["q"]
    EVENTS.append("closed")


async def test_routing_auth_and_dependencies_run_again() -> None:
    """The new handler gets a fresh scope: mounts, path parameters and dependencies with yield run again."""
    app = FastAPI()

    @app.websocket("/{room}/ws")
    @upward_asgi.upgradable
    async def handler(websocket: WebSocket, room: str, q: Annotated[str, Depends(resource)]) -> None:
        label = LABEL[0]
        assert "mark" not in websocket.scope
        websocket.scope["mark"] = True
        await websocket.accept()
        async for _ in websocket.iter_text():
            await websocket.send_text(f"{label} {room} {q} {websocket.url.path}")

    service = Upward(Starlette(routes=[Mount("/in", app)]))
    async with serving(service) as at, websockets.connect(f"ws://{at}/in/red/ws?q=1") as client:
        await client.send("x")
        assert await client.recv() == "old red 1 /in/red/ws"
        await upgrade(service)
        await client.send("x")
        assert await client.recv() == "new red 1 /in/red/ws"
        assert EVENTS == ["opened", "closed", "opened"]


class Auth:
    """Refuses everybody once the release is new."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and LABEL[0] == "new":
            await send({"type": "websocket.close", "code": 4403})
            return
        await self.app(scope, receive, send)


async def test_refusal_by_auth_after_an_upgrade() -> None:
    """A refusal after the client was accepted can only be a close: 1008."""
    service = service_of(loop, middleware=[Middleware(Auth)])
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        await client.send("a")
        await client.recv()
        await upgrade(service)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
        await wait_for_sessions(service, 0)


async def test_other_subprotocol_is_reported() -> None:
    """A new handler that answers another subprotocol is a crash with a reason, and there is a way back."""

    async def handler(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept(subprotocol="one" if label == "old" else "two")
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    protocols: Any = ["one", "two"]
    async with (
        serving(service) as at,
        websockets.connect(f"ws://{at}/ws", subprotocols=protocols) as client,
    ):
        await client.send("a")
        await client.recv()
        (error,) = (await upgrade(service)).values()
        assert "'one', got 'two'" in str(error)
        LABEL[0] = "old"
        await service.sessions.restart(service.sessions.open())
        await client.send("b")
        assert await client.recv() == "old b"


class SlowAuth:
    """Takes its time once the release is new, and then fails."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and LABEL[0] == "new":
            await anyio.sleep(0.3)  # real time: longer than a handler that never receives is on probation
            raise ValueError("bad release")
        await self.app(scope, receive, send)


async def test_a_slow_start_stays_on_probation() -> None:
    """Who has not accepted the client has not come up, however long it takes: a crash is taken back."""
    service = service_of(loop, middleware=[Middleware(SlowAuth)])
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        await client.send("a")
        assert await client.recv() == "old a 1"
        (error,) = (await upgrade(service)).values()
        assert isinstance(error, ValueError)
        LABEL[0] = "old"
        await service.sessions.restart(service.sessions.open())
        await client.send("b")
        assert await client.recv() == "old b 2"
