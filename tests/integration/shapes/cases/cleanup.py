"""Handlers that do something of their own when they are to end, or do not end at all."""

import asyncio

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from .marks import upgradable as mark
from .words import answer, begin

LOCK = asyncio.Lock()
CLEANED = []


@mark
async def closing_at_the_end(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    try:
        while True:
            await websocket.send_text(answer(run, voice, await websocket.receive_text()))
    except WebSocketDisconnect:
        pass
    finally:
        await websocket.close()


@mark
async def awaiting_in_finally(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(answer(run, voice, text))
    finally:
        async with LOCK:
            for _ in range(20):
                await asyncio.sleep(0)
            CLEANED.append(run)


@mark
async def catching_every_exception(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    while True:
        try:
            text = await websocket.receive_text()
            await websocket.send_text(answer(run, voice, text))
        except Exception as error:
            if getattr(error, "code", 1012) != 1012:  # the client has left; or else it would never end
                return
            await asyncio.sleep(0.01)  # real time: the beat of the application


@mark
async def deaf_to_disconnects(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    while True:
        message = await websocket._receive()
        if message["type"] == "websocket.receive":
            await websocket.send_text(answer(run, voice, message["text"]))
        elif message["code"] != 1012:
            return


@mark
async def swallowing_everything(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    patience = 500  # so that the test can come to its end
    while patience:
        try:
            message = await websocket._receive()
            if message["type"] == "websocket.receive":
                await websocket.send_text(answer(run, voice, message["text"]))
            elif message["code"] != 1012:
                return
            else:
                patience -= 1
                await asyncio.sleep(0.01)  # real time: the beat of the application
        except BaseException:
            pass


routes = [
    WebSocketRoute("/closing_at_the_end", closing_at_the_end),
    WebSocketRoute("/awaiting_in_finally", awaiting_in_finally),
    WebSocketRoute("/catching_every_exception", catching_every_exception),
    WebSocketRoute("/deaf_to_disconnects", deaf_to_disconnects),
    WebSocketRoute("/swallowing_everything", swallowing_everything),
]
