"""Handlers that rely on what runs before them: dependencies, middleware, rooms, subprotocols."""

from contextvars import ContextVar
from typing import Annotated

from fastapi import Depends, FastAPI, Query, WebSocket, WebSocketDisconnect, WebSocketException
from starlette.routing import Mount

from upward_asgi import session

from .marks import upgradable as mark
from .words import answer, begin

USER = ContextVar("user")
OPEN = []
ROOM = set()

app = FastAPI()


class Named:
    """Middleware that knows the user from the query, and tells by a context variable."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        token = USER.set(scope["query_string"].decode() or None)
        try:
            await self.app(scope, receive, send)
        finally:
            USER.reset(token)


app.add_middleware(Named)


async def database():
    OPEN.append("connection")
    try:
        yield "database"
    finally:
        OPEN.pop()


async def user(token: Annotated[str, Query()] = ""):
    if not token:
        raise WebSocketException(1008)
    return token


@app.websocket("/dependencies/{room}")
@mark
async def dependencies(
    websocket: WebSocket,
    room: str,
    base: Annotated[str, Depends(database)],
    who: Annotated[str, Depends(user)],
):
    await websocket.accept()
    voice = "first"
    run = begin()
    assert (room, base, who, len(OPEN) > 0) == ("red", "database", "ada", True)
    async for text in websocket.iter_text():
        await websocket.send_text(answer(run, voice, text))


@app.websocket("/context_variable")
@mark
async def context_variable(websocket: WebSocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    async for text in websocket.iter_text():
        assert USER.get() == "token=ada"
        await websocket.send_text(answer(run, voice, text))


@app.websocket("/room_of_sessions")
@mark
async def room_of_sessions(websocket: WebSocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    me = session(websocket)
    ROOM.add(me)
    try:
        while True:
            text = await websocket.receive_text()
            said = answer(run, voice, text)
            for member in tuple(ROOM):
                if member is me:
                    await member.send_text(said)
    except WebSocketDisconnect:
        if not me.upgrading:
            ROOM.discard(me)


@app.websocket("/subprotocol")
@mark
async def subprotocol(websocket: WebSocket):
    await websocket.accept(subprotocol=websocket.scope["subprotocols"][0])
    voice = "first"
    run = begin()
    async for text in websocket.iter_text():
        await websocket.send_text(answer(run, voice, text))


routes = [Mount("/", app)]
