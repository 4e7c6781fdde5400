"""An upgrade falls between two messages wherever it changes a state, and into no `busy` section."""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import websockets

from tests.imports import imports_restored
from tests.wheels import write_wheel
from upward_asgi import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, OperationState, Timeouts

from .shapes.servers import STACKS

NUMBERS = itertools.count()
APP = """
from dataclasses import dataclass

import anyio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from upward_asgi import LiveSession, code_change, session

GATES = {}


@dataclass
class Sum:
    n: int = 0


@dataclass
class Other:
    n: int = 0


async def gate(name):
    await GATES.setdefault(name, anyio.Event()).wait()


class Adding(LiveSession):
    kind = Sum

    async def mount(self):
        self.state = self.kind()

    async def handle_event(self, message):
        state = self.state
        await gate(message)
        state.n += 1
        await self.send_text(f"{self.state.n}")


class Apart(Adding):
    kind = Other


async def plain(websocket):
    await websocket.accept()
    mine = session(websocket)
    async for text in websocket.iter_text():
        async with mine.busy():
            state = mine.state(Sum)
            await websocket.send_text(f"wait for {text}")
            if text == "ask":
                text = await websocket.receive_text()
            await gate(text)
            state.n += 1
        await websocket.send_text(f"{mine.state(Sum).n}")


app = Starlette(
    routes=[WebSocketRoute("/live", Adding), WebSocketRoute("/apart", Apart), WebSocketRoute("/plain", plain)]
)
"""
NEW = (
    APP
    + """

@code_change(Sum)
def again(old_vsn, state, extra):
    return Sum(state.n + 100)
"""
)


class Service:
    """A running service whose release 1.0.1 changes the states of one kind."""

    def __init__(self, upward: Upward, address: str, name: str) -> None:
        assert upward.engine is not None
        self.engine, self.address, self._name = upward.engine, address, name
        self.sessions = upward.sessions

    def connect(self, path: str) -> Any:
        return websockets.connect(f"ws://{self.address}{path}", open_timeout=20)

    def open(self, gate: str) -> None:
        sys.modules[f"{self._name}.app"].GATES.setdefault(gate, anyio.Event()).set()

    async def busy(self) -> None:
        while not any(session.busy for session in self.sessions.open()):
            await anyio.lowlevel.checkpoint()

    async def at_rest(self, operation: Operation) -> None:
        """Return when the operation waits for somebody."""
        while str(operation.machine) != "rehearsed":
            assert not operation.ended, operation.report
            await anyio.sleep(0.01)  # real time: the rehearsal runs in another process


@asynccontextmanager
async def serving(folder: Path, *releases: str, **limits: float) -> AsyncIterator[Service]:
    name = f"quiet{next(NUMBERS)}"
    store = Store.create(folder / "releases")
    for patch, text in enumerate(releases):
        files: Mapping[str, str] = {"__init__.py": "", "app.py": text}
        store.unpack(write_wheel(folder, name, f"1.0.{patch}", files))
    upward = Upward(f"{name}.app:app", store=store.root, timeouts=Timeouts(settle_seconds=0.1, **limits))
    async with STACKS["uvicorn, websockets-sansio"](upward) as address:
        yield Service(upward, address, name)


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    with imports_restored("quiet"):
        yield


async def test_no_update_is_lost_in_the_middle_of_a_message(tmp_path: Path) -> None:
    """A `LiveSession` in the middle of a message keeps what it adds, also in functions that do not change."""
    async with serving(tmp_path, APP, NEW) as service, service.connect("/live") as client:
        await client.send("a")
        await service.busy()
        operation = service.engine.upgrade()
        await service.at_rest(operation)
        service.open("a")
        assert await client.recv() == "1"
        await service.engine.finished(operation.id, 50)
        assert operation.state is OperationState.SUCCEEDED, operation.report
        service.open("b")
        await client.send("b")
        assert await client.recv() == "102"


async def test_a_message_that_does_not_end_is_named(tmp_path: Path) -> None:
    """When the message does not end in time, nothing is changed, and file and line say where it stands."""
    async with (
        serving(tmp_path, APP, NEW, quiesce_seconds=0.3) as service,
        service.connect("/live") as client,
    ):
        await client.send("a")
        await service.busy()
        operation = service.engine.upgrade()
        await service.engine.finished(operation.id, 50)
        assert operation.state is OperationState.ROLLED_BACK, operation.report
        error = operation.report["error"]
        line = next(n for n, text in enumerate(APP.splitlines(), 1) if "setdefault" in text)
        assert error["code"] == "quiesce_timeout"
        assert "session s1 in " in error["got"] and f"app.py:{line}" in error["got"]
        service.open("a")
        assert await client.recv() == "1"


async def test_a_state_that_does_not_change_is_not_waited_for(tmp_path: Path) -> None:
    """A message may take as long as it likes when the upgrade leaves its session's state alone."""
    async with serving(tmp_path, APP, NEW) as service, service.connect("/apart") as client:
        await client.send("a")
        await service.busy()
        operation = service.engine.upgrade()
        await service.engine.finished(operation.id, 50)
        assert operation.state is OperationState.SUCCEEDED, operation.report
        service.open("a")
        assert await client.recv() == "1"


@pytest.mark.parametrize("new", [NEW, APP.replace("self.state.n}", "self.state.n}!")], ids=["state", "code"])
async def test_a_busy_section_is_waited_for(tmp_path: Path, new: str) -> None:
    """A plain handler's `busy` section is never fallen into, whatever changes; it still hears its client."""
    async with serving(tmp_path, APP, new) as service, service.connect("/plain") as client:
        await client.send("ask")
        assert await client.recv() == "wait for ask"
        operation = service.engine.upgrade()
        await service.at_rest(operation)
        await anyio.sleep(0.3)  # real time: what is shown is that it goes on waiting
        assert str(operation.machine) == "rehearsed"
        service.open("a")
        await client.send("a")
        answer = await client.recv()
        await service.engine.finished(operation.id, 50)
        assert operation.state is OperationState.SUCCEEDED, operation.report
        assert answer == "1"


MIXED = """
import anyio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from upward_asgi import LiveSession, upgradable

GATES = {}


async def gate(name):
    await GATES.setdefault(name, anyio.Event()).wait()


class Live(LiveSession):
    async def handle_event(self, message):
        await gate("live")
        await self.send_text(f"old {message}")


@upgradable
async def marked(websocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(f"old {text}")
    finally:
        await gate("leave")


app = Starlette(routes=[WebSocketRoute("/live", Live), WebSocketRoute("/marked", marked)])
"""


async def test_ended_handlers_are_handed_back(tmp_path: Path) -> None:
    """When an upgrade gives up after a handler was ended, the old one takes over again; nothing is lost."""
    async with (
        serving(tmp_path, MIXED, MIXED.replace("old", "new"), quiesce_seconds=0.5) as service,
        service.connect("/marked") as marked,
        service.connect("/live") as live,
    ):
        await marked.send("a")
        assert await marked.recv() == "old a"
        operation = service.engine.upgrade()
        while not any(session.upgrading for session in service.sessions.open()):
            assert not operation.ended, operation.report
            await anyio.sleep(0.01)  # real time: the rehearsal runs in another process
        await live.send("b")
        await service.busy()
        await marked.send("c")
        service.open("leave")
        await service.engine.finished(operation.id, 50)
        assert operation.state is OperationState.ROLLED_BACK, operation.report
        assert operation.report["error"]["code"] == "quiesce_timeout"
        assert await marked.recv() == "old c"
        service.open("live")
        assert await live.recv() == "old b"
        assert [str(session.way) for session in service.sessions.open()] == ["live", "live"]
