"""`upgraded`: every session that wants to know is told after an upgrade, whatever it is written as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import anyio
import httpx
import pytest
import websockets
from packaging.version import Version
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

import upward_asgi
from tests.serving import serving
from upward_asgi.errors import ConfigurationError
from upward_asgi.middleware import Upward
from upward_asgi.sessions import LiveSession, telling
from upward_asgi.versions import Down

V0, V1 = Version("1.0.0"), Version("1.0.1")
STACKS = ["websockets-sansio", "wsproto"]
WHO: ContextVar[str] = ContextVar("who", default="nobody")


@pytest.fixture(autouse=True)
def long_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler in the middle of a message has all the time that a slow machine may need."""
    monkeypatch.setattr(telling, "MOMENT_SECONDS", 60)


class Endpoint(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        await websocket.send_text(f"got {data}")

    async def upgraded(self, old_vsn: Version) -> None:
        await upward_asgi.session(self).send_text(_news(old_vsn))


class EndpointWithItsStateElsewhere(Endpoint):
    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        upward_asgi.session(websocket).state(dict)
        await websocket.send_text(f"got {data}")


async def show(old_vsn: Version) -> None:
    await upward_asgi.session().send_text(_news(old_vsn))


async def registering(websocket: WebSocket) -> None:
    await websocket.accept()
    upward_asgi.session(websocket).upgraded(show)
    async for text in websocket.iter_text():
        await websocket.send_text(f"got {text}")


async def with_an_inner_function(websocket: WebSocket) -> None:
    await websocket.accept()

    @upward_asgi.session(websocket).upgraded
    async def push(old_vsn: Version) -> None:
        await websocket.send_text(_news(old_vsn))

    async for text in websocket.iter_text():
        await websocket.send_text(f"got {text}")


def _news(old_vsn: Version) -> str:
    return f"upgraded from {old_vsn} {'down' if isinstance(old_vsn, Down) else 'up'}"


def service_of(handler: Any) -> Upward:
    return Upward(Starlette(routes=[WebSocketRoute("/ws", handler)]))


async def upgrade(service: Upward) -> list[BaseException]:
    """What the engine does for the sessions of a release that leaves their handlers alone."""
    for session in service.sessions.open():
        session.release = V0
    staged = service.sessions.stage(old_vsn=V0, to=V1)
    staged.assign()
    return await service.sessions.tell(staged)


async def ask(client: Any, text: str) -> str:
    await client.send(text)
    return str(await client.recv())


HANDLERS = [
    Endpoint,
    EndpointWithItsStateElsewhere,
    registering,
    upward_asgi.upgradable(registering),
    with_an_inner_function,
    upward_asgi.upgradable(with_an_inner_function),
]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.__name__)
async def test_who_is_told(handler: Any, stack: str) -> None:
    """Up and down: the client sees what `upgraded` sends, and its messages are answered before and after."""
    service = service_of(handler)
    async with serving(service, ws=stack) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await ask(client, "1") == "got 1"
        assert await upgrade(service) == []
        assert await client.recv() == "upgraded from 1.0.0 up"
        assert await ask(client, "2") == "got 2"
        back = service.sessions.stage(old_vsn=Down(V1, V0), to=V0)
        back.assign()
        assert await service.sessions.tell(back) == []
        assert await client.recv() == "upgraded from 1.0.1 down"
        assert await ask(client, "3") == "got 3"


async def test_between_two_messages() -> None:
    """The message under way is handled to its end first; those that come meanwhile wait, in order."""
    began, go_on, told, end = anyio.Event(), anyio.Event(), anyio.Event(), anyio.Event()

    class Slow(WebSocketEndpoint):
        encoding = "text"

        async def on_receive(self, websocket: WebSocket, data: str) -> None:
            if data == "slow":
                began.set()
                await go_on.wait()
            await websocket.send_text(f"end of {data}")

        async def upgraded(self, old_vsn: Version) -> None:
            told.set()
            await end.wait()
            await upward_asgi.session(self).send_text("told")

    service = service_of(Slow)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        await client.send("slow")
        await began.wait()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upgrade, service)
            await anyio.wait_all_tasks_blocked()
            assert not told.is_set()
            await client.send("next")
            go_on.set()
            await told.wait()
            end.set()
        assert [await client.recv() for _ in range(3)] == ["end of slow", "told", "end of next"]


async def test_a_busy_section_is_left_first() -> None:
    """`upgraded` never falls into a `busy` section, and that may still hear its client's answer."""

    async def asking(websocket: WebSocket) -> None:
        await websocket.accept()
        session = upward_asgi.session(websocket)
        session.upgraded(show)
        async with session.busy():
            await websocket.send_text("your name?")
            await websocket.send_text(f"welcome {await websocket.receive_text()}")
        async for text in websocket.iter_text():
            await websocket.send_text(f"got {text}")

    service = service_of(asking)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await client.recv() == "your name?"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(upgrade, service)
            await anyio.wait_all_tasks_blocked()
            assert await ask(client, "Ada") == "welcome Ada"
            assert await client.recv() == "upgraded from 1.0.0 up"
        assert await ask(client, "1") == "got 1"


async def test_a_handler_that_only_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that never waits for a message is told all the same, after a moment."""
    monkeypatch.setattr(telling, "MOMENT_SECONDS", 0.05)

    async def pushing(websocket: WebSocket) -> None:
        await websocket.accept()
        upward_asgi.session(websocket).upgraded(show)
        await websocket.send_text("ready")
        await anyio.Event().wait()

    service = service_of(pushing)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await client.recv() == "ready"
        assert await upgrade(service) == []
        assert await client.recv() == "upgraded from 1.0.0 up"
        (session,) = service.sessions.open()
        assert session.task is not None
        session.task.cancel()


async def test_the_context_is_the_handlers() -> None:
    """What the handler put into context variables is there, as for the logs of its requests."""

    async def tell_who(old_vsn: Version) -> None:
        await upward_asgi.session().send_text(WHO.get())

    async def named(websocket: WebSocket) -> None:
        await websocket.accept()
        upward_asgi.session(websocket).upgraded(tell_who)
        WHO.set("Ada")
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    service = service_of(named)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await ask(client, "1") == "1"
        await upgrade(service)
        assert await client.recv() == "Ada"


@pytest.mark.parametrize("error", [RuntimeError, FileNotFoundError, SystemExit])
async def test_one_that_raises_goes_on(error: type[BaseException], caplog: pytest.LogCaptureFixture) -> None:
    """What `upgraded` raises is logged and returned, and ends nothing."""

    async def failing(websocket: WebSocket) -> None:
        await websocket.accept()

        @upward_asgi.session(websocket).upgraded
        def fail(old_vsn: Version) -> None:
            raise error(2, "no view")

        async for text in websocket.iter_text():
            await websocket.send_text(f"got {text}")

    service = service_of(failing)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await ask(client, "1") == "got 1"
        (raised,) = await upgrade(service)
        assert isinstance(raised, error)
        assert "the session goes on" in caplog.text
        assert await ask(client, "2") == "got 2"


@pytest.mark.parametrize("gone", [WebSocketDisconnect(1006), OSError()])
async def test_a_client_that_has_left_is_no_error(gone: Exception) -> None:
    """What a send raises whose client is gone says nothing about the release."""

    async def leaving(websocket: WebSocket) -> None:
        await websocket.accept()

        @upward_asgi.session(websocket).upgraded
        def fail(old_vsn: Version) -> None:
            raise gone

        async for text in websocket.iter_text():
            await websocket.send_text(f"got {text}")

    service = service_of(leaving)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await ask(client, "1") == "got 1"
        assert await upgrade(service) == []


async def test_the_limit_ends_it() -> None:
    """When telling is given up, the session gets its messages again."""
    told = anyio.Event()

    class Hanging(Endpoint):
        async def upgraded(self, old_vsn: Version) -> None:
            told.set()
            await anyio.Event().wait()

    service = service_of(Hanging)
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await ask(client, "1") == "got 1"
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(upgrade, service)
                await told.wait()
                scope.cancel()
        assert await ask(client, "2") == "got 2"


async def test_a_new_handler_registers_its_own() -> None:
    """What a handler registered is gone with it: a restarted one that registers nothing is not told."""
    registers = [True]

    async def at_first(websocket: WebSocket) -> None:
        await websocket.accept()
        if registers[0]:
            upward_asgi.session(websocket).upgraded(show)
        async for text in websocket.iter_text():
            await websocket.send_text(f"got {text}")

    service = service_of(upward_asgi.upgradable(at_first))
    async with serving(service) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await ask(client, "1") == "got 1"
        registers[0] = False
        await service.sessions.restart(service.sessions.open())
        assert await upgrade(service) == []
        assert await ask(client, "2") == "got 2"


async def test_a_stream_of_events_is_told() -> None:
    """The maker of a stream can put something into it; its `session` is known there as everywhere."""

    async def events(request: Request) -> StreamingResponse:
        send, receive = anyio.create_memory_object_stream[str](10)
        upward_asgi.session(request).upgraded(lambda old_vsn: send.send_nowait(f"from {old_vsn}"))

        async def body() -> Any:
            async with receive, send:
                yield "data: begin\n\n"
                async for text in receive:
                    yield f"data: {text}\n\n"

        return StreamingResponse(body(), media_type="text/event-stream")

    service = Upward(Starlette(routes=[Route("/events", events)]))
    headers = {"accept": "text/event-stream"}
    async with (
        serving(service) as at,
        httpx.AsyncClient(base_url=f"http://{at}", headers=headers) as client,
        client.stream("GET", "/events") as answer,
    ):
        lines = answer.aiter_lines()
        assert await anext(lines) == "data: begin"
        assert await upgrade(service) == []
        assert [await anext(lines), await anext(lines)] == ["", "data: from 1.0.0"]


async def test_a_live_session_has_its_method() -> None:
    """To register a function for a `LiveSession` is refused, with what to do."""
    refused: list[str] = []

    class Live(LiveSession):
        async def mount(self) -> None:
            try:
                self.session.upgraded(show)
            except ConfigurationError as error:
                refused.append(str(error))
            await self.send_text("ready")

    async with serving(service_of(Live)) as at, websockets.connect(f"ws://{at}/ws") as client:
        assert await client.recv() == "ready"
    assert "async def upgraded(self, old_vsn)" in refused[0]


def test_without_the_middleware() -> None:
    """It is a harmless no-op there."""
    handle = upward_asgi.session({"type": "websocket", "path": "/"})
    registered: Callable[[Version], Awaitable[None]] = handle.upgraded(show)
    assert registered is show
