"""Handlers marked `@upgradable` are restarted on a connection that stays open, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
import pytest
import uvicorn
import websockets
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

import upward_asgi
from upward_asgi.middleware import Upward
from upward_asgi.sessions import ladder, relay, restart

STACKS = ["websockets-sansio", "wsproto"]
LABEL = ["old"]
EVENTS: list[str] = []


@dataclass
class Chat:
    seen: int = 0


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins with the old code, and has a short ladder."""
    LABEL[:] = ["old"]
    EVENTS.clear()
    ROOM.clear()
    for module, name in ((ladder, "STEP_SECONDS"), (restart, "SETTLE_SECONDS")):
        monkeypatch.setattr(module, name, 0.1)
    yield


@asynccontextmanager
async def serving(app: Any, ws: Any = "websockets-sansio") -> AsyncIterator[str]:
    """A real uvicorn on a port of its own; gives the address to connect to."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, ws=ws, log_level="critical"))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    started, startup = anyio.Event(), server.startup

    async def announced(sockets: Any = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = announced  # type: ignore[method-assign]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        await started.wait()
        try:
            yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True


def service_of(*handlers: Callable[..., Awaitable[None]], **options: Any) -> Upward:
    routes = [WebSocketRoute("/ws", upward_asgi.upgradable(handler)) for handler in handlers]
    return Upward(Starlette(routes=routes, **options))


async def upgrade(service: Upward) -> dict[str, BaseException | None]:
    """What the engine does after a commit that changed the handler."""
    LABEL[0] = "new"
    return await service.sessions.restart(service.sessions.open())


async def wait_for_sessions(service: Upward, count: int) -> None:
    while len(service.sessions) != count:
        await anyio.lowlevel.checkpoint()


async def loop(websocket: WebSocket) -> None:
    """The shape of the tutorials: receive and answer until the client leaves."""
    label = LABEL[0]
    await websocket.accept()
    session = upward_asgi.session(websocket)
    EVENTS.append(f"{label} begins, resumed {session.resumed}")
    try:
        while True:
            text = await websocket.receive_text()
            session.state(Chat).seen += 1
            await websocket.send_text(f"{label} {text} {session.state(Chat).seen}")
    except WebSocketDisconnect as left:
        EVENTS.append(f"{label} left by {left.code}, upgrading {session.upgrading}")


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
    async with serving(service, stack) as url, websockets.connect(f"{url}/ws") as client:
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


async def test_what_the_handler_sees() -> None:
    """The old handler gets a disconnect 1012 and knows that it is being upgraded; the new one is resumed."""
    service = service_of(loop)
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
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
    service = service_of(iterating)
    async with serving(service, stack) as url, websockets.connect(f"{url}/ws") as client:
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
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
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
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
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
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
        assert await client.recv() == "old"
        await upgrade(service)
        assert await client.recv() == "new"
        assert "fenced off" in caplog.text and "stubborn" in caplog.text
        go_on.set()
        await refused.wait()
        await client.send("bye")
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()


async def test_way_back_after_a_crash() -> None:
    """A new handler that crashes before it waits for a message has sent nothing; there is a way back."""

    async def handler(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept()
        if label == "new":
            await websocket.send_text("half a view")
            raise ValueError("bad release")
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
        await client.send("a")
        assert await client.recv() == "old a"
        (error,) = (await upgrade(service)).values()
        assert isinstance(error, ValueError)
        await client.send("b")
        LABEL[0] = "old"
        assert list((await service.sessions.restart(service.sessions.open())).values()) == [None]
        assert await client.recv() == "old b"


async def test_crash_without_a_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nobody goes back, a session whose new handler crashed ends as any crashed handler's does."""
    monkeypatch.setattr(relay, "DECISION_SECONDS", 0.05)

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        if LABEL[0] == "new":
            raise ValueError("bad release")
        await websocket.receive_text()

    service = service_of(handler)
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
        await wait_for_sessions(service, 1)
        (session,) = service.sessions.open()
        while session.restart is None:
            await anyio.lowlevel.checkpoint()
        await upgrade(service)
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
        await wait_for_sessions(service, 0)
        assert service.sessions.crashes == 1


async def resource(websocket: WebSocket) -> AsyncIterator[str]:
    EVENTS.append("opened")
    yield websocket.query_params["q"]
    EVENTS.append("closed")


async def test_routing_auth_and_dependencies_run_again() -> None:
    """The new handler gets a fresh scope: mounts, path parameters and dependencies with yield run again."""
    app = FastAPI()

    @app.websocket("/{room}/ws")
    @upward_asgi.upgradable
    async def handler(websocket: WebSocket, room: str, q: Annotated[str, Depends(resource)]) -> None:
        label = LABEL[0]
        assert "mark" not in websocket.scope
        websocket.scope["mark"] = True
        await websocket.accept()
        async for _ in websocket.iter_text():
            await websocket.send_text(f"{label} {room} {q} {websocket.url.path}")

    service = Upward(Starlette(routes=[Mount("/in", app)]))
    async with serving(service) as url, websockets.connect(f"{url}/in/red/ws?q=1") as client:
        await client.send("x")
        assert await client.recv() == "old red 1 /in/red/ws"
        await upgrade(service)
        await client.send("x")
        assert await client.recv() == "new red 1 /in/red/ws"
        assert EVENTS == ["opened", "closed", "opened"]


class Auth:
    """Refuses everybody once the release is new."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and LABEL[0] == "new":
            await send({"type": "websocket.close", "code": 4403})
            return
        await self.app(scope, receive, send)


async def test_refusal_by_auth_after_an_upgrade() -> None:
    """A refusal after the client was accepted can only be a close: 1008."""
    service = service_of(loop, middleware=[Middleware(Auth)])
    async with serving(service) as url, websockets.connect(f"{url}/ws") as client:
        await client.send("a")
        await client.recv()
        await upgrade(service)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
        await wait_for_sessions(service, 0)


async def test_other_subprotocol_is_reported() -> None:
    """A new handler that answers another subprotocol is a crash with a reason, and there is a way back."""

    async def handler(websocket: WebSocket) -> None:
        label = LABEL[0]
        await websocket.accept(subprotocol="one" if label == "old" else "two")
        async for text in websocket.iter_text():
            await websocket.send_text(f"{label} {text}")

    service = service_of(handler)
    protocols: Any = ["one", "two"]
    async with (
        serving(service) as url,
        websockets.connect(f"{url}/ws", subprotocols=protocols) as client,
    ):
        await client.send("a")
        await client.recv()
        (error,) = (await upgrade(service)).values()
        assert "'one', got 'two'" in str(error)
        LABEL[0] = "old"
        await service.sessions.restart(service.sessions.open())
        await client.send("b")
        assert await client.recv() == "old b"


async def test_client_leaves_during_the_restart() -> None:
    """A client that leaves while its handler is restarted ends the session; nothing waits for it."""
    service = service_of(loop)
    async with serving(service) as url:
        client = await websockets.connect(f"{url}/ws")
        await client.send("a")
        await client.recv()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upgrade, service)
            await client.close()
        await wait_for_sessions(service, 0)


async def test_session_that_has_ended_is_not_waited_for() -> None:
    """A restart that comes too late returns at once."""
    service = service_of(loop)
    async with serving(service) as url:
        async with websockets.connect(f"{url}/ws") as client:
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
        serving(service) as url,
        websockets.connect(f"{url}/ws") as client,
    ):
        await client.send("a")
        assert await client.recv() == "new a"
        assert ordered.is_set()


ROOM: set[upward_asgi.session] = set()  # type: ignore[valid-type]


async def test_room_of_sessions_loses_no_broadcast() -> None:
    """A room of session objects, not left while upgrading, delivers every broadcast exactly once."""

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        me = upward_asgi.session(websocket)
        ROOM.add(me)
        try:
            async for _ in websocket.iter_text():
                pass
        finally:
            if not me.upgrading:
                ROOM.discard(me)

    service = service_of(handler)
    async with serving(service) as url, contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(websockets.connect(f"{url}/ws")) for _ in range(5)]
        while len(ROOM) < 5:
            await anyio.lowlevel.checkpoint()
        over = anyio.Event()
        sent = 0

        async def broadcast() -> None:
            nonlocal sent
            while not over.is_set():
                for member in tuple(ROOM):
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
