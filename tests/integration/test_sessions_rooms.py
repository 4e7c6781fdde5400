"""The commonest real shape: a module-level manager with rooms of `WebSocket` objects, and plain handlers.

A patch release changes the manager's class, not the handlers: nobody leaves a room, no socket closes, and
the next broadcast runs the new code. Then everything goes back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import websockets
from packaging.version import Version

from tests.imports import imports_restored
from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import OperationState

ROOMS = """
class Rooms:
    def __init__(self):
        self.members = {}

    async def join(self, room, websocket):
        await websocket.accept()
        self.members.setdefault(room, set()).add(websocket)

    def leave(self, room, websocket):
        self.members[room].discard(websocket)

    async def broadcast(self, room, text):
        for websocket in tuple(self.members[room]):
            await websocket.send_text(text)
"""
APP = """
from dataclasses import dataclass

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

import upward_asgi
from .rooms import Rooms

app = FastAPI()
manager = Rooms()


@dataclass
class Chat:
    said: int = 0


@app.websocket("/rooms/{room}")
async def chat(websocket: WebSocket, room: str):
    await manager.join(room, websocket)
    session = upward_asgi.session(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            session.state(Chat).said += 1
            await manager.broadcast(room, f"{text} {session.state(Chat)}")
    except WebSocketDisconnect:
        manager.leave(room, websocket)


class Echo(WebSocketEndpoint):
    encoding = "text"
    state = 0

    async def on_receive(self, websocket, data):
        self.state += 1
        await websocket.send_text(f"{data} {self.state}")


app.router.routes.append(WebSocketRoute("/echo", Echo))
"""
NEW_ROOMS = ROOMS.replace(
    "            await websocket.send_text(text)", "            await self.say(websocket, text)"
)
NEW_ROOMS += """
    async def say(self, websocket, text):
        await websocket.send_text(f"[{len(self.members)} room] {text}")
"""
NEW_APP = APP.replace("    said: int = 0\n", '    said: int = 0\n    mood: str = "calm"\n')
NEW_APP = NEW_APP.replace(
    "    state = 0\n",
    "    state = 0\n\n    def code_change(self, old_vsn, state, extra):\n        return state + 1000\n",
)


@pytest.fixture
def service_of(tmp_path: Path) -> Iterator[Callable[..., Upward]]:
    """Makes a service of these releases, 1.0.0 first; the package is forgotten afterwards."""
    with imports_restored("roomy"):

        def make(*releases: dict[str, str]) -> Upward:
            store = Store.create(tmp_path / "releases")
            for patch, files in enumerate(releases):
                store.unpack(write_wheel(tmp_path, "roomy", f"1.0.{patch}", {"__init__.py": "", **files}))
            return Upward("roomy.app:app", store=store.root)

        yield make


async def go(service: Upward, *, down: bool = False) -> None:
    assert service.engine is not None
    operation = service.engine.downgrade() if down else service.engine.upgrade()
    operation = await service.engine.finished(operation.id, 50)
    assert operation.state is OperationState.SUCCEEDED, operation.to_json()


async def test_rooms_survive_their_managers_class(service_of: Callable[..., Upward]) -> None:
    """The manager's class changes under its rooms: same members, same sockets, new code, and back again."""
    service = service_of({"rooms.py": ROOMS, "app.py": APP}, {"rooms.py": NEW_ROOMS, "app.py": APP})
    async with serving(service) as address, AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(websockets.connect(f"ws://{address}/rooms/red")) for _ in range(4)
        ]
        manager: Any = sys.modules["roomy.app"].manager

        async def said(word: str) -> set[Any]:
            await clients[0].send(word)
            return {await client.recv() for client in clients}

        assert await said("a") == {"a Chat(said=1)"}
        members = set(manager.members["red"])
        await go(service)
        assert sys.modules["roomy.app"].manager is manager and manager.members["red"] == members
        assert await said("b") == {"[1 room] b Chat(said=2)"}
        assert service.sessions.by_way() == {"live": 4} and service.sessions.by_release() == {"1.0.1": 4}
        await go(service, down=True)
        assert await said("c") == {"c Chat(said=3)"}
        assert manager.members["red"] == members and service.sessions.by_release() == {"1.0.0": 4}


async def test_states_of_plain_handlers_and_endpoints(service_of: Callable[..., Upward]) -> None:
    """A plain handler's state gets its new field; an endpoint's goes through the endpoint's code_change."""
    service = service_of({"rooms.py": ROOMS, "app.py": APP}, {"rooms.py": ROOMS, "app.py": NEW_APP})
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/rooms/red") as chat,
        websockets.connect(f"ws://{address}/echo") as echo,
    ):
        await chat.send("a")
        await echo.send("a")
        assert (await chat.recv(), await echo.recv()) == ("a Chat(said=1)", "a 1")
        await go(service)
        await chat.send("b")
        await echo.send("b")
        assert (await chat.recv(), await echo.recv()) == ("b Chat(said=2, mood='calm')", "b 1002")
        assert {session.release for session in service.sessions.open()} == {Version("1.0.1")}
