"""A handler that is to end is not cut off: in no send, in no busy section, not before its queue is empty."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import anyio
import pytest
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

import upward_asgi
from upward_asgi import Upward
from upward_asgi.sessions import ladder, restart

from .shapes.servers import STACKS

serving = STACKS["uvicorn, websockets-sansio"]
BIG = "x" * (1 << 20)


def service_of(handler: Any) -> Upward:
    return Upward(Starlette(routes=[WebSocketRoute("/ws", upward_asgi.upgradable(handler))]))


async def test_a_client_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler in the middle of a send that does not end is left alone, told nothing, and goes on."""
    monkeypatch.setattr(ladder, "STALL_SECONDS", 0.2)
    runs = []

    async def handler(websocket: WebSocket) -> None:
        runs.append(websocket)
        await websocket.accept()
        for n in range(32):
            await websocket.send_text(f"{n} {BIG}")
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    service = service_of(handler)
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/ws", max_queue=1, max_size=None, compression=None) as client,
    ):
        await client.recv()
        (session,) = service.sessions.open()
        assert await service.sessions.end_handlers([session]) == (session,)
        assert not session.upgrading
        for n in range(1, 32):
            assert str(await client.recv()).startswith(f"{n} x")
        await client.send("still there")
        assert await client.recv() == "still there"
        assert len(runs) == 1
        assert await service.sessions.restart([session]) == {session.id: None}
        assert len(runs) == 2


async def test_a_busy_section_hears_its_answer() -> None:
    """A busy section that asks its client something gets the answer before the handler is ended."""
    asked = anyio.Event()

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        session = upward_asgi.session(websocket)
        if session.resumed:
            await websocket.send_text(f"resumed, {await websocket.receive_text()}")
            return
        async with session.busy():
            await websocket.send_text("your name?")
            asked.set()
            name = await websocket.receive_text()
            await websocket.send_text(f"hello {name}")
        with pytest.raises(WebSocketDisconnect):
            await websocket.receive_text()

    service = service_of(handler)
    async with serving(service) as address, websockets.connect(f"ws://{address}/ws") as client:
        assert await client.recv() == "your name?"
        await asked.wait()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(service.sessions.restart, service.sessions.open())
            await anyio.wait_all_tasks_blocked()
            await client.send("Ada")
            assert await client.recv() == "hello Ada"
        await client.send("more")
        assert await client.recv() == "resumed, more"


async def test_a_queue_of_answers_is_sent_first() -> None:
    """What a sender task still has in its queue reaches a slow client before the handler is told to end."""
    first = []

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()
        if not first:
            first.append(websocket)
            for n in range(24):
                queue.put_nowait(f"{n} {BIG}")

        async def sender() -> None:
            while True:
                await websocket.send_text(await queue.get())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sender)
            with contextlib.suppress(WebSocketDisconnect):
                await websocket.receive_text()
            tasks.cancel_scope.cancel()

    service = service_of(handler)
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/ws", max_queue=1, max_size=None, compression=None) as client,
    ):
        assert str(await client.recv()).startswith("0 x")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(service.sessions.restart, service.sessions.open())
            await anyio.wait_all_tasks_blocked()
            for n in range(1, 24):
                assert str(await client.recv()).startswith(f"{n} x")


async def test_what_a_new_handler_does_is_unseen_until_all_stand() -> None:
    """A new handler gets and sends nothing until all have come up; when another one crashes it is gone."""
    release = ["old"]

    async def handler(websocket: WebSocket) -> None:
        label = release[0]
        await websocket.accept()
        await websocket.send_text(f"welcome to {label}")
        if label == "bad" and "crash" in websocket.query_params:
            raise ValueError("bad release")
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/ws") as whole,
        websockets.connect(f"ws://{address}/ws?crash=1") as crashing,
    ):
        for client in (whole, crashing):
            assert await client.recv() == "welcome to old"
        sessions = service.sessions.open()
        assert await service.sessions.end_handlers(sessions) == ()
        service.sessions.hold()
        for client in (whole, crashing):
            await client.send("a")
        release[0] = "bad"
        outcomes = await service.sessions.start_handlers(sessions)
        assert [type(error) for error in outcomes.values()] == [type(None), ValueError]
        assert await service.sessions.end_handlers(sessions) == ()
        release[0] = "back"
        await service.sessions.start_handlers(sessions, together=False)
        service.sessions.let_go()
        for client in (whole, crashing):
            assert [await client.recv() for _ in range(2)] == ["welcome to back", "back a"]


async def test_a_crash_that_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new handler that crashes after it seemed to have come up, while others start, can be taken back."""
    monkeypatch.setattr(restart, "SETTLE_SECONDS", 0.1)
    release, crashed = ["old"], anyio.Event()

    async def handler(websocket: WebSocket) -> None:
        label = release[0]
        await websocket.accept()
        if label == "bad" and "crash" in websocket.query_params:
            await anyio.sleep(0.3)  # real time: longer than a handler is on probation that does not receive
            crashed.set()
            raise ValueError("bad release")
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/ws?crash=1") as crashing,
    ):
        await crashing.send("a")
        assert await crashing.recv() == "old a"
        sessions = service.sessions.open()
        (session,) = sessions
        await service.sessions.end_handlers(sessions)
        release[0] = "bad"
        assert session.restart is not None and await session.restart.start() is None
        await crashed.wait()
        while session.restart.failure is None:
            await anyio.lowlevel.checkpoint()
        release[0] = "back"
        assert await service.sessions.start_handlers(sessions, together=False) == {session.id: None}
        await crashing.send("b")
        assert await crashing.recv() == "back b"
