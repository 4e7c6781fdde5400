"""One session that cannot follow, on real sockets: it is closed with 1012, and everybody else goes on."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.imports import imports_restored
from tests.wheels import write_wheel
from upward_asgi import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, OperationState
from upward_asgi.upgrade.policy import SessionPolicy

from .shapes.servers import STACKS

NUMBERS = itertools.count()
APP = """
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from upward_asgi import LiveSession, code_change, session, upgradable


@dataclass
class Who:
    name: str = ""


class Live(LiveSession):
    async def mount(self):
        self.state = Who()

    async def handle_event(self, message):
        self.state.name = message
        await self.send_text(f"{VERSION} {message}")


async def plain(websocket):
    await websocket.accept()
    while True:
        message = await websocket.receive_text()
        session(websocket).state(Who).name = message
        await websocket.send_text(f"{version()} {message}")


@upgradable
async def restarted(websocket):
    await websocket.accept()
    while True:
        message = await websocket.receive_text()
        session(websocket).state(Who).name = message
        await websocket.send_text(f"1.0.0 {message}")


def version():
    return VERSION


VERSION = "1.0.0"
app = Starlette(
    routes=[
        WebSocketRoute("/live", Live),
        WebSocketRoute("/plain", plain),
        WebSocketRoute("/restarted", restarted),
    ]
)
"""
CHANGE = """

@code_change(Who)
def change(old_vsn, state, extra):
    if state.name.startswith("bad"):
        state.name = "half changed"
        raise ValueError("no such user")
    return Who(state.name.upper())
"""
NEW = APP.replace('"1.0.0', '"1.0.1').replace("1.0.0 {", "1.0.1 {") + CHANGE
PATHS = ("/live", "/plain", "/restarted")


class Service:
    """A running service and what its clients need."""

    def __init__(self, upward: Upward, address: str) -> None:
        self.upward, self.address = upward, address

    async def upgrade(self, **options: Any) -> Operation:
        assert self.upward.engine is not None
        operation = self.upward.engine.upgrade(**options)
        return await self.upward.engine.finished(operation.id, 50)

    @property
    def names(self) -> list[str]:
        return sorted(session.state.name for session in self.upward.sessions.open())  # type: ignore[attr-defined]


@asynccontextmanager
async def serving(folder: Path, *releases: str, **options: Any) -> AsyncIterator[Service]:
    name = f"policy{next(NUMBERS)}"
    store = Store.create(folder / "releases")
    for patch, text in enumerate(releases):
        files: Mapping[str, str] = {"__init__.py": "", "app.py": text}
        store.unpack(write_wheel(folder, name, f"1.0.{patch}", files))
    upward = Upward(f"{name}.app:app", store=store.root, **options)
    async with STACKS["uvicorn, websockets-sansio"](upward) as address:
        yield Service(upward, address)


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    with imports_restored("policy"):
        yield


@asynccontextmanager
async def clients(service: Service) -> AsyncIterator[dict[str, Any]]:
    """One good and one bad client of each kind of handler, each after one message."""
    async with AsyncExitStack() as stack:
        found = {}
        for path, kind in itertools.product(PATHS, ("good", "bad")):
            client = await stack.enter_async_context(
                websockets.connect(f"ws://{service.address}{path}", open_timeout=20)
            )
            await client.send(f"{kind} {path}")
            assert await client.recv() == f"1.0.0 {kind} {path}"
            found[f"{kind} {path}"] = client
        yield found


async def test_close(tmp_path: Path) -> None:
    """The sessions that cannot follow are closed and named; the others have their new state and code."""
    async with serving(tmp_path, APP, NEW) as service, clients(service) as found:
        operation = await service.upgrade(policy=SessionPolicy.CLOSE)
        assert operation.state is OperationState.SUCCEEDED, operation.report
        for path in PATHS:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await found[f"bad {path}"].recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, "could not follow" in closed.value.rcvd.reason) == (1012, True)
            await found[f"good {path}"].send("again")
            assert await found[f"good {path}"].recv() == "1.0.1 again"
        report: Any = operation.report["closed"]
        assert (report["total"], report["code"]) == (3, 1012)
        assert sorted(one["path"] for one in report["sessions"]) == sorted(PATHS)
        assert all("ValueError: no such user" in one["why"] for one in report["sessions"])
        assert any("3 session(s)" in str(warning) for warning in operation.report["warnings"])  # type: ignore[attr-defined]
        assert service.names == ["again"] * 3


async def test_abort(tmp_path: Path) -> None:
    """Without it nothing is upgraded: the rehearsal names who cannot follow, every state is as it was."""
    async with serving(tmp_path, APP, NEW) as service, clients(service) as found:
        operation = await service.upgrade()
        assert operation.state is OperationState.REFUSED
        assert service.names == sorted(found)
        for name, client in found.items():
            await client.send(name)
            assert await client.recv() == f"1.0.0 {name}"
