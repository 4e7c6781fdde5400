"""What the old handler and the new one see, and how an old one ends that does not want to."""

from __future__ import annotations

import asyncio
import contextlib

import anyio
import pytest
import websockets
from starlette.websockets import WebSocket, WebSocketDisconnect

import upward_asgi
from tests.serving import serving
from upward_asgi.sessions import Handle, ladder

from .restarting import EVENTS, LABEL, STACKS, loop, service_of, upgrade, wait_for_sessions


async def test_what_the_handler_sees() -> None:
    """The old handler gets a disconnect 1012 and knows that it is being upgraded; the new one is resumed."""
    service = service_of(loop)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        await client.send("a")
        await client.recv()
        for _ in range(3):
            await upgrade(service)
        await client.send("b")
        assert await client.recv() == "new b 2"
        assert EVENTS[:3] == [
            "old begins, resumed False",
            "old left by 1012, upgrading True",
            "new begins, resumed True",
        ]
    await wait_for_sessions(service, 0)
    assert EVENTS[-1] == "new left by 1000, upgrading False"


@pytest.mark.parametrize("stack", STACKS)
async def test_restart_while_all_are_held(stack: str) -> None:
    """Held sessions are restarted too, and what came meanwhile is handled after they are let go, in order."""
    service = service_of(loop)
    async with serving(service, ws=stack) as at, websockets.connect(f"ws://{at}/ws") as client:
        await client.send("0")
        await client.recv()
        service.sessions.hold()
        for n in range(1, 30):
            await client.send(str(n))
        (session,) = service.sessions.open()
        await session.wait_idle()
        assert list((await upgrade(service)).values()) == [None]
        for n in range(30, 60):
            await client.send(str(n))
        with anyio.move_on_after(0.05):
            pytest.fail(f"handled while held: {await client.recv()!r}")
        service.sessions.let_go()
        assert [await client.recv() for _ in range(1, 60)] == [f"new {n} {n + 1}" for n in range(1, 60)]


async def test_frames_before_the_restart_reach_the_new_handler() -> None:
    """Frames that the old handler has not taken when it is told to end are the new handler's, in order."""
    at_work, go_on = anyio.Event(), anyio.Event()

    async def handler(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept()
        async for text in websocket.iter_text():
            async with upward_asgi.session(websocket).busy():
                if text == "0":
                    at_work.set()
                    await go_on.wait()
                await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        for n in range(20):
            await client.send(str(n))
        await at_work.wait()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upgrade, service)
            # Longer than the whole ladder: a busy section is never cancelled.
            await anyio.sleep(0.3)  # real time: what is shown is that nothing happens
            go_on.set()
        assert [await client.recv() for _ in range(20)] == ["old 0", *(f"new {n}" for n in range(1, 20))]


async def test_push_only_handler_is_cancelled() -> None:
    """A handler that never receives is ended by a cancel, and its finally runs."""
    over = anyio.Event()

    async def push(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept()
        try:
            await websocket.send_text(label)
            await over.wait()
        finally:
            EVENTS.append(f"{label} cleaned up")

    service = service_of(push)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await client.recv() == "old"
        assert list((await upgrade(service)).values()) == [None]
        assert EVENTS == ["old cleaned up"]
        assert await client.recv() == "new"
        over.set()


async def test_handler_that_will_not_end_is_fenced(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that survives disconnect and cancel can send no more, and the log shows where it stands."""
    refused, go_on = anyio.Event(), anyio.Event()

    async def stubborn(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept()
        await websocket.send_text(label)
        if label == "new":
            await websocket.receive_text()
            return
        while not go_on.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await go_on.wait()
        try:
            await websocket.send_text("from the grave")
        except WebSocketDisconnect:
            refused.set()

    service = service_of(stubborn)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await client.recv() == "old"
        await upgrade(service)
        assert await client.recv() == "new"
        assert "fenced off" in caplog.text and "stubborn" in caplog.text
        go_on.set()
        await refused.wait()
        await client.send("bye")
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()


async def test_client_leaves_during_the_restart() -> None:
    """A client that leaves while its handler is restarted ends the session; nothing waits for it."""
    service = service_of(loop)
    async with serving(service) as at:
        client = await websockets.connect(f"ws://{at}/ws")
        await client.send("a")
        await client.recv()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upgrade, service)
            await client.close()
        await wait_for_sessions(service, 0)


async def test_session_that_has_ended_is_not_waited_for() -> None:
    """A restart that comes too late returns at once."""
    service = service_of(loop)
    async with serving(service) as at:
        async with websockets.connect(f"ws://{at}/ws") as client:
            await client.send("a")
            await client.recv()
            (session,) = service.sessions.open()
        await wait_for_sessions(service, 0)
        assert await service.sessions.restart([session]) == {session.id: None}


@pytest.mark.parametrize("patience", [0.1, 5.0], ids=["cancelled", "told"])
async def test_restart_before_the_handler_has_begun(patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that is to end before it has accepted: it, or else the new one, accepts for real."""
    monkeypatch.setattr(ladder, "STEP_SECONDS", patience)
    ordered = anyio.Event()

    async def handler(websocket: WebSocket) -> None:
        label = LABEL[0]
        if label == "old":
            (session,) = service.sessions.open()
            LABEL[0] = "new"
            tasks.start_soon(service.sessions.restart, [session])
            ordered.set()
            await anyio.wait_all_tasks_blocked()
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    async with (
        anyio.create_task_group() as tasks,
        serving(service) as at,
        websockets.connect(f"ws://{at}/ws") as client,
    ):
        await client.send("a")
        assert await client.recv() == "new a"
        assert ordered.is_set()


async def test_room_of_sessions_loses_no_broadcast() -> None:
    """A room of session objects, not left while upgrading, delivers every broadcast exactly once."""
    room: set[Handle] = set()

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        me = upward_asgi.session(websocket)
        room.add(me)
        try:
            async for _ in websocket.iter_text():
                pass
        finally:
            if not me.upgrading:
                room.discard(me)

    service = service_of(handler)
    async with serving(service) as at, contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(websockets.connect(f"ws://{at}/ws")) for _ in range(5)]
        while len(room) < 5:
            await anyio.lowlevel.checkpoint()
        over = anyio.Event()
        sent = 0

        async def broadcast() -> None:
            nonlocal sent
            while not over.is_set():
                for member in tuple(room):
                    await member.send_text(str(sent))
                sent += 1
                await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(broadcast)
            for _ in range(5):
                await upgrade(service)
            over.set()
        assert sent > 5
        for client in clients:
            assert [await client.recv() for _ in range(sent)] == [str(n) for n in range(sent)]


async def test_unmarked_and_outside() -> None:
    """Without the middleware the mark changes nothing: the handler runs as it is."""

    @upward_asgi.upgradable
    async def handler(a: int, *, b: int) -> int:
        return a + b

    assert await handler(1, b=2) == 3
    assert handler.__name__ == "handler"
