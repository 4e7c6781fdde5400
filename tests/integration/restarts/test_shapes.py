"""Shapes of handlers go over to the new code on a connection that stays open, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import anyio
import pytest
import websockets
from starlette.websockets import WebSocket, WebSocketDisconnect

import upward_asgi
from tests.serving import serving

from .restarting import LABEL, STACKS, Chat, loop, service_of, upgrade


async def iterating(websocket: WebSocket) -> None:
    label = LABEL[0]
    await websocket.accept()
    async for text in websocket.iter_text():
        state = upward_asgi.session(websocket).state(Chat)
        state.seen += 1
        await websocket.send_text(f"{label} {text} {state.seen}")


async def uncaught(websocket: WebSocket) -> None:
    label = LABEL[0]
    await websocket.accept()
    while True:
        text = await websocket.receive_text()
        state = upward_asgi.session(websocket).state(Chat)
        state.seen += 1
        await websocket.send_text(f"{label} {text} {state.seen}")


async def raw(websocket: WebSocket) -> None:
    label = LABEL[0]
    await websocket.receive()
    await websocket.send({"type": "websocket.accept"})
    while (message := await websocket.receive())["type"] == "websocket.receive":
        state = upward_asgi.session(websocket).state(Chat)
        state.seen += 1
        await websocket.send({"type": "websocket.send", "text": f"{label} {message['text']} {state.seen}"})


async def closing_at_the_end(websocket: WebSocket) -> None:
    label = LABEL[0]
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            state = upward_asgi.session(websocket).state(Chat)
            state.seen += 1
            await websocket.send_text(f"{label} {text} {state.seen}")
    except WebSocketDisconnect:
        pass
    finally:
        await websocket.close()


async def with_a_sender_task(websocket: WebSocket) -> None:
    label = LABEL[0]
    await websocket.accept()
    queue: asyncio.Queue[str] = asyncio.Queue()

    async def sender() -> None:
        while True:
            await websocket.send_text(await queue.get())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sender)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                text = await websocket.receive_text()
                state = upward_asgi.session(websocket).state(Chat)
                state.seen += 1
                queue.put_nowait(f"{label} {text} {state.seen}")
        tasks.cancel_scope.cancel()


async def with_receiver_task(websocket: WebSocket) -> None:
    label = LABEL[0]
    await websocket.accept()

    async def receiver() -> None:
        while True:
            text = await websocket.receive_text()
            state = upward_asgi.session(websocket).state(Chat)
            state.seen += 1
            await websocket.send_text(f"{label} {text} {state.seen}")

    done, _ = await asyncio.wait({asyncio.ensure_future(receiver())})
    for task in done:
        task.exception()


async def polling(websocket: WebSocket) -> None:
    """Gives up a receive every few milliseconds, which must not lose a frame."""
    label = LABEL[0]
    await websocket.accept()
    while True:
        try:
            text = await asyncio.wait_for(websocket.receive_text(), 0.002)
        except TimeoutError:
            continue
        except WebSocketDisconnect:
            return
        state = upward_asgi.session(websocket).state(Chat)
        state.seen += 1
        await websocket.send_text(f"{label} {text} {state.seen}")


async def deaf_to_disconnects(websocket: WebSocket) -> None:
    """Receives round and round whatever an upgrade says; only a cancel ends it, or the client."""
    label = LABEL[0]
    await websocket.accept()
    while True:
        message = await websocket._receive()
        if message["type"] != "websocket.receive":
            if message["code"] == 1012:
                continue
            return
        state = upward_asgi.session(websocket).state(Chat)
        state.seen += 1
        await websocket.send_text(f"{label} {message['text']} {state.seen}")


SHAPES = [
    loop,
    iterating,
    uncaught,
    raw,
    closing_at_the_end,
    with_a_sender_task,
    with_receiver_task,
    polling,
    deaf_to_disconnects,
]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_shapes_of_handlers(shape: Callable[..., Awaitable[None]], stack: str) -> None:
    """Every shape goes over to the new code: same connection, no message lost, doubled or out of order."""
    service = service_of(shape)
    async with serving(service, ws=stack) as at, websockets.connect(f"ws://{at}/ws") as client:
        got: list[str] = []

        async def collect() -> None:
            while len(got) < 300:
                got.append(str(await client.recv()))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(collect)
            for n in range(100):
                await client.send(str(n))
            (outcome,) = (await upgrade(service)).values()
            for n in range(100, 300):
                await client.send(str(n))
        assert outcome is None
        assert [(int(line.split()[1]), int(line.split()[2])) for line in got] == [
            (n, n + 1) for n in range(300)
        ]
        labels = [line.split()[0] for line in got]
        assert labels == sorted(labels, reverse=True) and labels[-1] == "new"


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": True})])
async def test_shapes_on_uvloop() -> None:
    """The same on uvloop, for the tutorial's shape and one with tasks of its own."""
    for shape in (loop, with_a_sender_task):
        await test_shapes_of_handlers(shape, "websockets-sansio")
        LABEL[0] = "old"


@pytest.mark.filterwarnings("ignore")
async def test_shapes_on_the_legacy_stack() -> None:
    """The same on uvicorn's stack over the legacy implementation of websockets."""
    for shape in (loop, polling, deaf_to_disconnects):
        await test_shapes_of_handlers(shape, "websockets")
        LABEL[0] = "old"
