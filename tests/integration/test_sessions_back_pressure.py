"""What clients send while their sessions are held waits in their connections, and nothing is dropped."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

import upward_asgi
from upward_asgi import LiveSession, Upward

from .shapes.servers import STACKS

FRAMES, SIZE = 400, 1 << 16
"""26 MB: more than the buffers of sockets and servers take."""


class Live(LiveSession):
    async def handle_event(self, message: str | bytes) -> None:
        await self.send_text(str(message).partition(" ")[0])


async def plain(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text.partition(" ")[0])


HANDLERS: dict[str, Any] = {"live": Live, "plain": plain, "marked": upward_asgi.upgradable(plain)}


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("handler", HANDLERS)
async def test_a_client_that_floods_while_it_is_held(handler: str, stack: str) -> None:
    """The client has to wait long before all is sent; let go, every frame is handled, once, in order."""
    service = Upward(Starlette(routes=[WebSocketRoute("/ws", HANDLERS[handler])]))
    async with (
        STACKS[stack](service) as address,
        websockets.connect(f"ws://{address}/ws", compression=None, open_timeout=20) as client,
    ):
        await client.send("first")
        assert await client.recv() == "first"
        service.sessions.hold()
        sent = 0

        async def flood() -> None:
            nonlocal sent
            for n in range(FRAMES):
                await client.send(f"{n} {'x' * SIZE}")
                sent += 1

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(flood)
            before = -1
            while sent != before:
                before = sent
                await anyio.sleep(0.3)  # real time: what is shown is that nothing moves any more
            assert sent < FRAMES
            service.sessions.let_go()
            assert [await client.recv() for _ in range(FRAMES)] == [str(n) for n in range(FRAMES)]
