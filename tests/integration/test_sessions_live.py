"""Sessions on a real server: what handlers and clients see, and what the registry knows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import anyio
import pytest
import websockets
from fastapi import Depends, FastAPI, WebSocket
from packaging.version import Version
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import Mount, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

import upward_asgi
from tests.serving import serving
from upward_asgi.errors import CodeChangeError
from upward_asgi.middleware import Upward
from upward_asgi.sessions import Ending, LiveSession, Way, state
from upward_asgi.versions import Down

V0, V1, V2 = Version("1.0.0"), Version("1.0.1"), Version("1.0.2")
STACKS = ["websockets-sansio", "wsproto"]


@dataclass
class Count:
    n: int = 0


class Counter(LiveSession):
    ended: ClassVar[list[Ending]] = []

    async def mount(self) -> None:
        self.state = Count()
        await self.send_text("welcome")

    async def handle_event(self, message: str | bytes) -> None:
        if message == "crash":
            raise ValueError("asked for")
        if message == "leave":
            await self.close(4000, "asked for")
            return
        self.state.n += 1
        if isinstance(message, bytes):
            await self.send_bytes(message)
        else:
            await self.send_json({"n": self.state.n, "got": message})

    async def handle_info(self, message: Any) -> None:
        await self.send_text(f"info {message}")

    async def upgraded(self, old_vsn: Version) -> None:
        way = f"down to {old_vsn.to}" if isinstance(old_vsn, Down) else "up"
        await self.send_text(f"upgraded from {old_vsn} {way}")

    async def terminate(self, reason: Ending) -> None:
        Counter.ended.append(reason)


@pytest.fixture(autouse=True)
def own_registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers with @code_change is gone after it."""
    monkeypatch.setattr(state, "_BY_TYPE", {})


@pytest.fixture
def counted() -> Upward:
    Counter.ended.clear()
    return Upward(Starlette(routes=[WebSocketRoute("/ws", Counter)]))


async def ended(service: Upward) -> None:
    """Return when no session is open."""
    while len(service.sessions):
        await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("stack", STACKS)
async def test_messages_in_order(counted: Upward, stack: str) -> None:
    """A LiveSession handles frames and posted messages one at a time, in the order in which they came."""
    async with serving(counted, ws=stack) as address, websockets.connect(f"ws://{address}/ws") as client:
        assert await client.recv() == "welcome"
        for word in "abc":
            await client.send(word)
        await client.send(b"\x00\xff")
        assert [await client.recv() for _ in "abc"] == [
            f'{{"n":{n},"got":"{w}"}}' for n, w in enumerate("abc", 1)
        ]
        assert await client.recv() == b"\x00\xff"
        (session,) = counted.sessions.open()
        assert session.holder.post("hello")
        assert await client.recv() == "info hello"


async def test_post_from_a_thread(counted: Upward) -> None:
    """`post` may be called from any thread."""
    async with (
        serving(counted) as address,
        websockets.connect(f"ws://{address}/ws") as client,
    ):
        await client.recv()
        (session,) = counted.sessions.open()
        thread = threading.Thread(target=session.holder.post, args=("from a thread",))
        thread.start()
        assert await client.recv() == "info from a thread"
        thread.join()


async def test_registry_follows_the_connection(counted: Upward) -> None:
    """A session is in the registry from its connect to its end, and says what it is."""
    async with serving(counted) as address:
        async with websockets.connect(f"ws://{address}/ws") as client:
            await client.recv()
            (session,) = counted.sessions.open()
            assert session.to_json() == {
                "id": "s1",
                "kind": "websocket",
                "path": "/ws",
                "release": "0",
                "way": "live",
                "reason": "",
                "place": None,
                "state_type": f"{__name__}.Count",
                "idle": True,
            }
            assert counted.sessions.get("s1") is session
            assert counted.sessions.by_way() == {"live": 1}
        await ended(counted)
        assert counted.sessions.get("s1") is None
        assert Counter.ended == [Ending(1000)]
        assert session.holder.post("too late") is False


async def test_close_by_the_session(counted: Upward) -> None:
    """`close` reaches the client with its code and reason, and `terminate` is told the same."""
    async with (
        serving(counted) as address,
        websockets.connect(f"ws://{address}/ws") as client,
    ):
        await client.recv()
        await client.send("leave")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await client.recv()
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "asked for")
        await ended(counted)
        assert Counter.ended == [Ending(4000, "asked for")]


async def test_crash_of_a_handler(counted: Upward, caplog: pytest.LogCaptureFixture) -> None:
    """What a handler raises ends its session only: terminate is told, the server sees the error itself."""
    async with (
        serving(counted) as address,
        websockets.connect(f"ws://{address}/ws") as client,
    ):
        await client.recv()
        await client.send("crash")
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()
        await ended(counted)
        assert isinstance(Counter.ended[0].error, ValueError)
        assert counted.sessions.crashes == 1


async def test_refusal_before_accept() -> None:
    """`close` in `mount`, before anything was sent, refuses the connection."""

    class Closed(LiveSession):
        async def mount(self) -> None:
            await self.close(1008)

    service = Upward(Starlette(routes=[WebSocketRoute("/ws", Closed)]))
    async with serving(service) as address:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://{address}/ws")
        assert refused.value.response.status_code == 403


async def test_state_and_stamp_follow_code_change(counted: Upward) -> None:
    """Stage computes, assign swaps, undo brings back; upgraded is called between two messages."""

    @upward_asgi.code_change(Count)
    def change(old_vsn: Version, state: Count, extra: object) -> Count:
        return Count(state.n + 100)

    async with (
        serving(counted) as address,
        websockets.connect(f"ws://{address}/ws") as client,
    ):
        await client.recv()
        (session,) = counted.sessions.open()
        session.release = V0
        old = session.state
        staged = counted.sessions.stage(old_vsn=V0, to=V1)
        assert session.state is old
        staged.assign()
        assert (session.state, session.release, counted.sessions.release) == (Count(100), V1, V1)
        staged.undo()
        assert session.state is old and session.release == V0
        staged.assign()
        await counted.sessions.tell(staged)
        assert await client.recv() == "upgraded from 1.0.0 up"
        await client.send("x")
        assert await client.recv() == '{"n":101,"got":"x"}'
        back = counted.sessions.stage(old_vsn=Down(V1, V0), to=V0)
        back.assign()
        await counted.sessions.tell(back)
        assert await client.recv() == "upgraded from 1.0.1 down to 1.0.0"


async def test_own_code_change_comes_first(counted: Upward, monkeypatch: pytest.MonkeyPatch) -> None:
    """A LiveSession's own code_change is asked before the one of its state's type."""
    seen = []

    def own(self: Counter, old_vsn: Version, state: Count, extra: object) -> Count:
        seen.append((old_vsn, extra))
        state.n = 7
        return state

    monkeypatch.setattr(Counter, "code_change", own)
    async with (
        serving(counted) as address,
        websockets.connect(f"ws://{address}/ws") as client,
    ):
        await client.recv()
        (session,) = counted.sessions.open()
        session.release = V0
        staged = counted.sessions.stage(old_vsn=V0, to=V1, extra="more")
        assert seen == [(V0, "more")]
        staged.undo()
        assert session.state.n == 0


async def test_waiting_for_a_busy_session() -> None:
    """Held, a session finishes the message it is at, begins no other, loses none, and goes on when let go."""
    go_on = anyio.Event()

    class Slow(LiveSession):
        async def handle_event(self, message: str | bytes) -> None:
            await self.send_text(f"begin {message}")
            if message == "1":
                await go_on.wait()
            await self.send_text(f"end {message}")

    service = Upward(Starlette(routes=[WebSocketRoute("/ws", Slow)]))
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/ws") as client,
    ):
        await client.send("1")
        await client.send("2")
        assert await client.recv() == "begin 1"
        (session,) = service.sessions.open()
        assert not session.idle
        service.sessions.hold()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(session.wait_idle)
            go_on.set()
        assert session.idle
        assert await client.recv() == "end 1"
        with anyio.move_on_after(0.05):
            pytest.fail(f"handled while held: {await client.recv()!r}")
        service.sessions.let_go()
        assert [await client.recv(), await client.recv()] == ["begin 2", "end 2"]


@pytest.mark.parametrize("stack", STACKS)
async def test_plain_handler_held_and_let_go(stack: str) -> None:
    """Frames that come while a plain handler is held back reach it afterwards, each once, in order."""

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    service = Upward(Starlette(routes=[WebSocketRoute("/ws", echo)]))
    async with serving(service, ws=stack) as address, websockets.connect(f"ws://{address}/ws") as client:
        await client.send("0")
        assert await client.recv() == "0"
        (session,) = service.sessions.open()
        service.sessions.hold()
        for n in range(1, 50):
            await client.send(str(n))
        await session.wait_idle()
        with anyio.move_on_after(0.05):
            pytest.fail(f"handled while held: {await client.recv()!r}")
        service.sessions.let_go()
        assert [await client.recv() for _ in range(1, 50)] == [str(n) for n in range(1, 50)]


def current() -> Any:
    return upward_asgi.session()


async def test_state_of_a_plain_handler() -> None:
    """A plain FastAPI handler keeps its state in its session, found through scope and context alike."""
    app = FastAPI()

    @app.websocket("/ws/{room}")
    async def handler(websocket: WebSocket, room: str, found: Annotated[Any, Depends(current)]) -> None:
        await websocket.accept()
        mine = upward_asgi.session(websocket)
        assert mine is found
        async for _ in websocket.iter_text():
            mine.state(Count).n += 1
            async with mine.busy():
                await websocket.send_text(f"{room} {mine.state(Count).n} {mine.resumed} {mine.upgrading}")

    service = Upward(app)
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/ws/red") as client,
    ):
        for n in (1, 2):
            await client.send("x")
            assert await client.recv() == f"red {n} False False"
        (session,) = service.sessions.open()
        assert session.state == Count(2) and session.path == "/ws/red"
        await session.handle.send_text("from outside")
        assert await client.recv() == "from outside"


async def test_without_the_middleware() -> None:
    """The session of a handler outside the middleware works, and no upgrade knows it."""

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        mine = upward_asgi.session(websocket)
        mine.state(Count).n += 1
        async with upward_asgi.session(websocket).busy():
            await websocket.send_text(f"{upward_asgi.session(websocket).state(Count).n} {mine.resumed}")

    app = Starlette(routes=[WebSocketRoute("/ws", handler), WebSocketRoute("/live", Counter)])
    async with serving(app) as address:
        async with websockets.connect(f"ws://{address}/ws") as client:
            assert await client.recv() == "1 False"
        async with websockets.connect(f"ws://{address}/live") as client:
            assert await client.recv() == "welcome"
            await client.send("a")
            assert await client.recv() == '{"n":1,"got":"a"}'


async def test_endpoint_with_code_change() -> None:
    """Starlette's WebSocketEndpoint keeps its state on itself; its own code_change is called."""

    class Echo(WebSocketEndpoint):
        encoding = "text"

        async def on_connect(self, websocket: WebSocket) -> None:
            await websocket.accept()
            self.state = Count()

        async def on_receive(self, websocket: WebSocket, data: str) -> None:
            self.state.n += 1
            await websocket.send_text(f"{data} {self.state.n}")

        def code_change(self, old_vsn: Version, state: Count, extra: object) -> Count:
            return Count(state.n + 10)

    service = Upward(Starlette(routes=[Mount("/in", routes=[WebSocketRoute("/ws", Echo)])]))
    async with (
        serving(service) as address,
        websockets.connect(f"ws://{address}/in/ws") as client,
    ):
        await client.send("a")
        assert await client.recv() == "a 1"
        (session,) = service.sessions.open()
        session.release = V0
        service.sessions.stage(old_vsn=V0, to=V1).assign()
        await client.send("b")
        assert await client.recv() == "b 12"
        assert session.way is Way.LIVE and session.release == V1


async def test_one_failing_code_change_undoes_all(counted: Upward) -> None:
    """A code_change that raises for one session names it, and every state is as before, in place too."""

    @upward_asgi.code_change(Count)
    def change(old_vsn: Version, state: Count, extra: object) -> Count:
        if state.n == 1:
            raise KeyError("no such key")
        state.n = 1000
        return state

    async with serving(counted) as address:
        clients = [await websockets.connect(f"ws://{address}/ws") for _ in range(3)]
        for client in clients:
            await client.recv()
        await clients[2].send("x")
        await clients[2].recv()
        for session in counted.sessions.open():
            session.release = V0
        with pytest.raises(
            CodeChangeError, match=r"KeyError: 'no such key', for session s3 .*1\.0\.0"
        ) as raised:
            counted.sessions.stage(old_vsn=V0, to=V1)
        assert isinstance(raised.value.__cause__, KeyError)
        assert [s.state for s in counted.sessions.open()] == [Count(0), Count(0), Count(1)]
        assert {s.release for s in counted.sessions.open()} == {V0}
        for client in clients:
            await client.close()


async def test_disconnect_while_a_plain_handler_sends() -> None:
    """A client that leaves ends its session, with or without a frame under way."""
    left = anyio.Event()

    async def handler(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            left.set()

    service = Upward(Starlette(routes=[WebSocketRoute("/ws", handler)]))
    async with serving(service) as address:
        client = await websockets.connect(f"ws://{address}/ws")
        await client.send("x")
        await client.close()
        await left.wait()
        await ended(service)
