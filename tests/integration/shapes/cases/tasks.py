"""Handlers with tasks of their own."""

import asyncio
import contextlib

import anyio
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from .marks import upgradable as mark
from .words import answer, begin, tick


@mark
async def sender_task(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    queue = asyncio.Queue()

    async def sender():
        while True:
            await websocket.send_text(await queue.get())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sender)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                queue.put_nowait(answer(run, voice, await websocket.receive_text()))
        tasks.cancel_scope.cancel()


@mark
async def group_of_tasks(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    queue = asyncio.Queue()

    async def reader():
        while True:
            await queue.put(answer(run, voice, await websocket.receive_text()))

    async def writer():
        while True:
            await websocket.send_text(await queue.get())

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(reader())
            tasks.create_task(writer())
    except* WebSocketDisconnect:
        pass


@mark
async def orphan_ticker(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()

    async def ticker():
        while True:
            await websocket.send_text(tick(run))
            await asyncio.sleep(0.02)  # real time: the beat of the application

    asyncio.ensure_future(ticker()).add_done_callback(asyncio.Task.exception)
    async for text in websocket.iter_text():
        await websocket.send_text(answer(run, voice, text))


@mark
async def receiver_task(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()

    async def receiver():
        while True:
            await websocket.send_text(answer(run, voice, await websocket.receive_text()))

    done, _ = await asyncio.wait({asyncio.ensure_future(receiver())})
    for task in done:
        task.exception()


@mark
async def first_of_two(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    news = asyncio.Queue()
    received = None
    while True:
        received = received or asyncio.ensure_future(websocket.receive_text())
        arrived = asyncio.ensure_future(news.get())
        done, _ = await asyncio.wait({received, arrived}, return_when="FIRST_COMPLETED")
        if arrived in done:
            await websocket.send_text(arrived.result())
        else:
            arrived.cancel()
        if received in done:
            try:
                text = received.result()
            except WebSocketDisconnect:
                return
            received = None
            await news.put(answer(run, voice, text))


@mark
async def reading_ahead(websocket):
    await websocket.accept()
    voice = "first"
    run = begin()
    queue = asyncio.Queue()

    async def reader():
        async for text in websocket.iter_text():
            queue.put_nowait(text)
        queue.put_nowait(None)

    reading = asyncio.ensure_future(reader())
    while (text := await queue.get()) is not None:
        await websocket.send_text(answer(run, voice, text))
    await reading


routes = [
    WebSocketRoute("/sender_task", sender_task),
    WebSocketRoute("/group_of_tasks", group_of_tasks),
    WebSocketRoute("/orphan_ticker", orphan_ticker),
    WebSocketRoute("/receiver_task", receiver_task),
    WebSocketRoute("/first_of_two", first_of_two),
    WebSocketRoute("/reading_ahead", reading_ahead),
]
