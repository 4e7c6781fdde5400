"""A connection that is over leaves nothing behind that waits for the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest
import websockets
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from benchmarks.serving import serving
from upward_asgi import LiveSession, Upward, upgradable
from upward_asgi.sessions.channel import Channel

pytestmark = pytest.mark.timeout(150)


async def plain(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


class Endpoint(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket: WebSocket, data: Any) -> None:
        await websocket.send_text(data)


class Live(LiveSession):
    async def handle_event(self, message: str | bytes) -> None:
        await self.send_text(str(message))


@pytest.fixture
def no_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


def protocols() -> int:
    return sum(type(one) is WebSocketsSansIOProtocol for one in gc.get_objects())


@pytest.mark.usefixtures("no_collections")
@pytest.mark.parametrize(
    "handler", [plain, upgradable(plain), Endpoint, Live], ids=["plain", "upgradable", "endpoint", "live"]
)
async def test_servers_side_goes_at_once(handler: Any) -> None:
    """With the last use of a connection the server's protocol and buffers go, without a collection."""
    service = Upward(Starlette(routes=[WebSocketRoute("/", handler)]))
    async with serving(service, ws="websockets-sansio") as port:
        before = protocols()
        for _ in range(3):
            async with websockets.connect(f"ws://127.0.0.1:{port}") as client:
                await client.send("x")
                assert await client.recv() == "x"
        with anyio.fail_after(30):
            while protocols() > before or len(service.sessions):
                await anyio.lowlevel.checkpoint()


async def test_use_after_the_end() -> None:
    """Who still receives or sends is told what servers say then: the client is gone."""

    async def receive() -> Any:
        return {"type": "websocket.receive", "text": "x"}

    async def send(message: Any) -> None:
        """Accept everything."""

    channel = Channel(receive, send)
    await channel.send({"type": "websocket.accept"})
    assert (await channel.receive())["text"] == "x"
    channel.forget()
    assert (await channel.receive())["type"] == "websocket.disconnect"
    with pytest.raises(OSError, match="is over"):
        await channel.send({"type": "websocket.send", "text": "y"})
