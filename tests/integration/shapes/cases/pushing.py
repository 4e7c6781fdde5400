"""Handlers that push, whether or not they receive."""

import asyncio
import contextlib

import anyio
from starlette.routing import WebSocketRoute

from upward_asgi import session

from .marks import upgradable as mark
from .words import Said, answer, begin


@mark
async def push_only(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    while True:
        await websocket.send_text(answer(run, voice, session().state(Said).count))
        await asyncio.sleep(0.01)  # real time: the beat of the application


@mark
async def push_and_watch(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()

    async def push():
        while True:
            await websocket.send_text(answer(run, voice, session().state(Said).count))
            await asyncio.sleep(0.01)  # real time: the beat of the application

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(push)
        with contextlib.suppress(Exception):
            while True:
                await websocket.receive_text()
        tasks.cancel_scope.cancel()


routes = [
    WebSocketRoute("/push_only", push_only),
    WebSocketRoute("/push_and_watch", push_and_watch),
]
