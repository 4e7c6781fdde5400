"""The ways in which services hold a connection."""

from __future__ import annotations

from starlette.endpoints import WebSocketEndpoint
from starlette.websockets import WebSocket, WebSocketDisconnect

from upward_asgi import LiveSession, session, upgradable

from .room import ROOM
from .state import Tally
from .words import answer


async def plain(websocket: WebSocket) -> None:
    """A plain handler that no release changes; what it calls does change."""
    handle = session(websocket)
    await websocket.accept()
    ROOM.join(handle)
    try:
        while True:
            text = await websocket.receive_text()
            if text == "bye":
                ROOM.say_goodbye(handle)
            else:
                await websocket.send_text(answer(handle.state(Tally), text, "plain"))
    except WebSocketDisconnect:
        pass
    finally:
        ROOM.leave(handle)


@upgradable
async def restarted(websocket: WebSocket) -> None:
    """A plain handler that every other release changes."""
    handle = session(websocket)
    await websocket.accept()
    # here a bad release crashes
    if not handle.resumed:
        ROOM.join(handle)
    try:
        while True:
            text = await websocket.receive_text()
            if text == "bye":
                ROOM.say_goodbye(handle)
            else:
                await websocket.send_text(answer(handle.state(Tally), text, "restarted-h0"))
    except WebSocketDisconnect:
        pass
    finally:
        if not handle.upgrading:
            ROOM.leave(handle)


class Endpoint(WebSocketEndpoint):
    """Starlette's class, whose methods every release changes."""

    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        """Join the room."""
        await websocket.accept()
        ROOM.join(session(websocket))

    async def on_receive(self, websocket: WebSocket, text: str) -> None:
        """Answer."""
        handle = session(websocket)
        if text == "bye":
            ROOM.say_goodbye(handle)
        else:
            await websocket.send_text(answer(handle.state(Tally), text, "endpoint-r0"))

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        """Leave the room."""
        ROOM.leave(session(websocket))


class Live(LiveSession):
    """The class for new code, whose methods every release changes."""

    async def mount(self) -> None:
        """Join the room."""
        self.state = Tally()
        ROOM.join(self.session)

    async def handle_event(self, message) -> None:
        """Answer."""
        if message == "bye":
            ROOM.say_goodbye(self.session)
        else:
            await self.send_text(answer(self.state, message, "live-r0"))

    async def terminate(self, reason) -> None:
        """Leave the room."""
        ROOM.leave(self.session)
