"""Probation on a real server: what counts as an error, and the way back with every session kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from tests.imports import imports_restored
from tests.integration.test_upgrade_service import ask
from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi.errors import ReleaseFailedBefore
from upward_asgi.middleware import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, Timeouts

NAME = "probe"

APP = """
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from upward_asgi import LiveSession

from . import parts


@dataclass
class Count:
    n: int = 0


class Counter(LiveSession):
    async def mount(self):
        self.state = Count()

    async def handle_event(self, message):
        if message == "crash":
            parts.fragile()
        self.state.n += 1
        await self.send_text(f"{parts.WORD} {self.state.n}")


async def page(request):
    return parts.answer()


async def health(request):
    return PlainTextResponse("", parts.HEALTH)


app = Starlette(routes=[Route("/", page), Route("/health", health), WebSocketRoute("/live", Counter)])
"""

PARTS = """
from starlette.responses import PlainTextResponse

WORD = "old"
HEALTH = 204


def answer():
    return PlainTextResponse("well")


def fragile():
    return None
"""


def parts(**edits: str) -> Mapping[str, str]:
    """The release whose parts have these texts replaced."""
    text = PARTS.replace('"old"', '"new"')
    for old, new in edits.values():  # type: ignore[misc]
        assert old in text
        text = text.replace(old, new)
    return {"__init__.py": "", "app.py": APP, "parts.py": text}


BAD = {
    "requests answered with 500": (
        parts(answer=('return PlainTextResponse("well")', 'return PlainTextResponse("ill", 503)')),  # type: ignore[arg-type]
        "failed request(s)",
    ),
    "requests that raise": (
        parts(answer=('return PlainTextResponse("well")', "raise RuntimeError('ill')")),  # type: ignore[arg-type]
        "failed request(s)",
    ),
    "sessions that crash": (
        parts(fragile=("return None", "raise RuntimeError('ill')")),  # type: ignore[arg-type]
        "crashed session(s)",
    ),
    "health checks that fail": (parts(health=("HEALTH = 204", "HEALTH = 500")), "failed health check(s)"),  # type: ignore[arg-type]
    "health checks that hang": (
        parts(
            health=("HEALTH = 204", "HEALTH = 204\n\n\ndef __getattr__(name):\n    raise RuntimeError(name)"),  # type: ignore[arg-type]
            gone=("HEALTH = 204\n", ""),  # type: ignore[arg-type]
        ),
        "failed health check(s)",
    ),
}


@pytest.fixture
def serve(tmp_path: Path) -> Any:
    """Serves the good release, with another one in the store, on a real uvicorn."""

    @asynccontextmanager
    async def serve(second: Mapping[str, str]) -> AsyncIterator[tuple[Upward, str]]:
        store = Store.create(tmp_path / "releases")
        first = {"__init__.py": "", "app.py": APP, "parts.py": PARTS}
        for patch, files in enumerate((first, second)):
            store.unpack(write_wheel(tmp_path, NAME, f"1.0.{patch}", files))
        # real time: the errors are counted a hundred times in this minute
        limits = Timeouts(probation_seconds=60, health_every_seconds=0.05, settle_seconds=0)
        upward = Upward(
            f"{NAME}.app:app", store=store.root, timeouts=limits, errors_allowed=2, health="/health"
        )
        async with serving(upward) as address:
            yield upward, address

    with imports_restored(NAME):
        yield serve


async def upgraded(upward: Upward) -> Operation:
    assert upward.engine is not None
    operation = await upward.engine.finished(upward.engine.upgrade().id, 50)
    assert operation.state == "succeeded", operation.report
    return operation


async def crash(address: str) -> None:
    """A session that asks for the fragile part; in the bad release it ends."""
    async with websockets.connect(f"ws://{address}/live", open_timeout=20) as socket:
        await socket.send("crash")
        try:
            await socket.recv()
        except ConnectionClosed:
            return


async def until_back(upward: Upward, address: str, live: Any) -> None:
    """Traffic of all kinds until the engine has taken the release back; the live session never stops."""
    # uvicorn closes the connection after a request that raised: none is used twice.
    alone = {"connection": "close"}
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=20, headers=alone) as client:
        with anyio.fail_after(45):
            while upward.sessions.release.micro == 1:
                await client.get("/")
                await crash(address)
                await ask(live)


@pytest.mark.parametrize("bad", BAD)
async def test_too_many_errors_take_the_release_back(
    serve: Callable[..., Any], bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The release goes back by itself, its sessions go on with their states, and it is not tried again."""
    files, words = BAD[bad]
    async with (
        serve(files) as (upward, address),
        websockets.connect(f"ws://{address}/live", open_timeout=20) as live,
    ):
        assert await ask(live) == "old 1"
        operation = await upgraded(upward)
        assert await ask(live) == "new 2"
        await until_back(upward, address, live)
        back = upward.engine.operations()[-1]
        await upward.engine.finished(back.id, 20)
        assert str(back.kind) == "downgrade"
        assert words in back.report["because"]
        assert operation.report["probation"] == "too many errors"
        assert (await ask(live)).startswith("old ")
        assert str(upward.store.permanent().version) == "1.0.0"
        assert words in (upward.store.release("1.0.1").failed or "")
        with pytest.raises(ReleaseFailedBefore, match="on probation"):
            upward.engine.upgrade()


TELLING = """
from starlette.endpoints import WebSocketEndpoint


class Plain(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, text):
        await websocket.send_text(f"{parts.WORD} {text}")


app = Starlette(routes=[Route("/health", health), WebSocketRoute("/plain", Plain)])
"""
RAISES = """
    async def upgraded(self, old_vsn):
        raise RuntimeError("not told")


app = """


async def test_errors_in_upgraded_take_the_release_back(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More sessions that cannot be told than errors are allowed: the release goes back, all are kept."""
    first = APP + TELLING
    monkeypatch.setitem(globals(), "APP", first)
    second = {**parts(), "app.py": RAISES.join(first.rsplit("\n\napp = ", 1))}
    async with serve(second) as (upward, address), AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(websockets.connect(f"ws://{address}/plain", open_timeout=20))
            for _ in range(3)
        ]
        assert await ask(sockets[0]) == "old x"
        operation = await upgraded(upward)
        assert "upgraded() raised in 3 session(s)" in str(operation.report["warnings"])
        with anyio.fail_after(45):
            while upward.sessions.release.micro == 1:
                await anyio.lowlevel.checkpoint()
        assert [await ask(socket) for socket in sockets] == ["old x"] * 3
    assert "had 3 failed upgraded() on" in upward.engine.operations()[-1].report["because"]
    assert "3 failed upgraded()" in (upward.store.release("1.0.1").failed or "")


async def test_a_good_release_has_no_errors(serve: Callable[..., Any]) -> None:
    """Requests, sessions and health checks that are well count for nothing."""
    async with serve(parts()) as (upward, address):
        await upgraded(upward)
        async with httpx.AsyncClient(base_url=f"http://{address}", timeout=20) as client:
            for _ in range(5):
                assert (await client.get("/")).status_code == 200
                await crash(address)
        assert upward.engine.on_probation
        assert upward.engine._count_errors().total == 0
