"""Handlers that receive and answer, one message after another."""

import asyncio

from starlette.routing import Mount, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from .marks import upgradable as mark
from .words import answer, begin


@mark
async def tutorial(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    try:
        while True:
            await websocket.send_text(answer(run, voice, await websocket.receive_text()))
    except WebSocketDisconnect:
        pass


@mark
async def iterating(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    async for text in websocket.iter_text():
        await websocket.send_text(answer(run, voice, text))


@mark
async def uncaught(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    while True:
        text = await websocket.receive_text()
        await websocket.send_text(answer(run, voice, text))


@mark
async def raw_messages(websocket):
    await websocket.receive()
    await websocket.send({"type": "websocket.accept"})
    voice = "first"
    run = begin()
    while (message := await websocket.receive())["type"] == "websocket.receive":
        await websocket.send({"type": "websocket.send", "text": answer(run, voice, message["text"])})


@mark
async def asgi_application(scope, receive, send):
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    voice = "first"
    run = begin()
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": answer(run, voice, message["text"])})


@mark
async def giving_up_receives(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    while True:
        try:
            text = await asyncio.wait_for(websocket.receive_text(), 0.002)
        except TimeoutError:
            continue
        except WebSocketDisconnect:
            return
        await websocket.send_text(answer(run, voice, text))


@mark
async def json_both_ways(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    async for number in websocket.iter_json():
        await websocket.send_bytes(answer(run, voice, number).encode())


routes = [
    WebSocketRoute("/tutorial", tutorial),
    WebSocketRoute("/iterating", iterating),
    WebSocketRoute("/uncaught", uncaught),
    WebSocketRoute("/raw_messages", raw_messages),
    Mount("/asgi_application", asgi_application),
    WebSocketRoute("/giving_up_receives", giving_up_receives),
    WebSocketRoute("/json_both_ways", json_both_ways),
]
