"""What is the application's own in an upgrade: its start-up, its settings, its routes without a mark."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets

from tests.imports import imports_restored
from tests.wheels import contents_of, record_of, write_archive
from upward_asgi import Upward
from upward_asgi.cli.report import report_text
from upward_asgi.store import Store
from upward_asgi.upgrade import Engine, Operation, OperationState

from .shapes.servers import STACKS

NUMBERS = itertools.count()
APP = """
from starlette.applications import Starlette
from starlette.routing import Mount, WebSocketRoute

from . import config


async def chat(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"old {text}")


async def clock(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": "old clock"})


app = Starlette(routes=[WebSocketRoute("/rooms/{room}", chat), Mount("/clock", clock)])
"""
CONFIG = """
from dataclasses import dataclass

LIMIT = 10
HEARD = []


@dataclass
class Options:
    debug: bool = False


options = Options()


def changed(changed, new, removed):
    HEARD.append((changed, new, removed))
    # here
"""
NEW_CONFIG = (
    CONFIG.replace("LIMIT = 10", "LIMIT = 20")
    .replace("from dataclasses import dataclass", "import os\nfrom dataclasses import dataclass, field")
    .replace(
        "    debug: bool = False\n",
        '    debug: bool = False\n    region: str = field(default_factory=lambda: os.environ["REGION"])\n',
    )
)
SETTINGS: dict[str, object] = {
    "config_change": "PACKAGE.config:changed",
    "config": ["PACKAGE.config", "PACKAGE.config:options"],
    "upgradable": ["/rooms/{room}", "/clock/"],
}
Files = Mapping[str, str]
FIRST: Files = {"__init__.py": "", "app.py": APP, "config.py": CONFIG}


class Service:
    """A running service and what its modules hold."""

    def __init__(self, upward: Upward, address: str, name: str) -> None:
        assert upward.engine is not None
        self.engine: Engine = upward.engine
        self.sessions, self.address, self._name = upward.sessions, address, name

    def connect(self, path: str) -> Any:
        return websockets.connect(f"ws://{self.address}{path}", open_timeout=20)

    @property
    def config(self) -> Any:
        return sys.modules[f"{self._name}.config"]

    async def ended(self, operation: Operation) -> Operation:
        return await self.engine.finished(operation.id, 50)


def write(folder: Path, name: str, version: str, files: Files) -> Path:
    """A wheel with settings in it."""
    contents = contents_of(name, version, files)
    settings = json.dumps(SETTINGS).replace("PACKAGE", name)
    contents[f"{name}-{version}.dist-info/upward.json"] = settings.encode()
    return write_archive(folder, name, version, {**contents, **record_of(name, version, contents)})


@asynccontextmanager
async def serving(folder: Path, *releases: Files) -> AsyncIterator[Service]:
    name = f"own{next(NUMBERS)}"
    store = Store.create(folder / "releases")
    for patch, files in enumerate(releases):
        store.unpack(write(folder, name, f"1.0.{patch}", files))
    upward = Upward(f"{name}.app:app", store=store.root)
    async with STACKS["uvicorn, websockets-sansio"](upward) as address:
        yield Service(upward, address, name)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REGION", "here")
    with imports_restored("own"):
        yield


async def ask(client: Any, text: str = "x") -> str:
    await client.send(text)
    return str(await client.recv())


async def test_the_application_hears_of_its_settings(tmp_path: Path) -> None:
    """`config_change` gets what changed, came and went, on the way up and on the way down."""
    async with serving(tmp_path, FIRST, {**FIRST, "config.py": NEW_CONFIG}) as service:
        options = service.config.options
        up = await service.ended(service.engine.upgrade())
        assert up.state is OperationState.SUCCEEDED, up.report
        assert service.config.HEARD == [({"LIMIT": 20}, {"options.region": "here"}, [])]
        assert service.config.options is options and options.region == "here"
        assert up.report["config"] == [{"changed": ["LIMIT"], "new": ["options.region"], "removed": []}]
        down = await service.ended(service.engine.downgrade())
        assert down.state is OperationState.SUCCEEDED, down.report
        assert service.config.HEARD[1][0] == {"LIMIT": 10}


async def test_the_plan_and_a_dry_run_say_it_first(tmp_path: Path) -> None:
    """The plan lists the settings from the sources, a dry run from the copy; the upgrade does just that."""
    async with serving(tmp_path, FIRST, {**FIRST, "config.py": NEW_CONFIG}) as service:
        expected = {"changed": ["LIMIT"], "new": ["options.region"], "removed": []}
        (planned,) = service.engine.plan()
        assert planned.config.to_json() == expected
        dry = await service.ended(service.engine.upgrade(dry_run=True))
        assert dry.report["rehearsal"]["config"] == [expected]  # type: ignore[index]
        assert "  settings  ~ LIMIT, + options.region" in report_text(dry.to_json())
        assert service.config.HEARD == [] and service.config.LIMIT == 10
        up = await service.ended(service.engine.upgrade())
        assert up.report["config"] == [expected]


async def test_a_config_change_that_raises(tmp_path: Path) -> None:
    """What it raises refuses the release; the settings are as before, new fields included."""
    bad = NEW_CONFIG.replace("# here", "raise RuntimeError('no such region')")
    async with serving(tmp_path, FIRST, {**FIRST, "config.py": bad}) as service:
        operation = await service.ended(service.engine.upgrade())
        assert operation.state is OperationState.REFUSED, operation.report
        assert "no such region" in str(operation.report["error"])
        assert (service.config.LIMIT, vars(service.config.options)) == (10, {"debug": False})
        assert service.config.HEARD == []


async def test_routes_that_are_named_need_no_mark(tmp_path: Path) -> None:
    """Handlers of routes that the settings name are restarted, plain ASGI applications too; up and down."""
    new = {**FIRST, "app.py": APP.replace("old", "new")}
    async with (
        serving(tmp_path, FIRST, new) as service,
        service.connect("/rooms/red") as room,
        service.connect("/clock/") as clock,
    ):
        assert (await ask(room), await ask(clock)) == ("old x", "old clock")
        up = await service.ended(service.engine.upgrade())
        assert up.state is OperationState.SUCCEEDED, up.report
        assert up.report["sessions"]["by_way"] == {"restart": 2}
        assert (await ask(room), await ask(clock)) == ("new x", "new clock")
        await service.ended(service.engine.downgrade())
        assert (await ask(room), await ask(clock)) == ("old x", "old clock")


TASKS = """
import anyio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

import upward_asgi


async def sender(websocket, queue):
    async for text in queue:
        await websocket.send_text(f"old {text}")


async def talk(websocket):
    await websocket.accept()
    give, take = anyio.create_memory_object_stream(10)
    with give, take:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sender, websocket, take)
            async for text in websocket.iter_text():
                await give.send(text)
            tasks.cancel_scope.cancel()


routes = [WebSocketRoute("/marked", upward_asgi.upgradable(talk)), WebSocketRoute("/plain", talk)]
app = Starlette(routes=routes)
"""


async def test_a_task_of_a_handler_is_the_sessions_own(tmp_path: Path) -> None:
    """When only the function of a handler's task changes, the session restarts, or drains and says where."""
    files = {**FIRST, "app.py": TASKS}
    async with (
        serving(tmp_path, files, {**files, "app.py": TASKS.replace("old", "new")}) as service,
        service.connect("/marked") as marked,
        service.connect("/plain") as plain,
    ):
        assert (await ask(marked), await ask(plain)) == ("old x", "old x")
        up = await service.ended(service.engine.upgrade())
        assert up.state is OperationState.SUCCEEDED, up.report
        assert up.report["sessions"]["by_way"] == {"restart": 1, "drain": 1}
        assert (await ask(marked), await ask(plain)) == ("new x", "old x")
        draining = next(session for session in service.sessions.open() if session.path == "/plain")
        line = next(n for n, text in enumerate(TASKS.splitlines(), 1) if "async def sender" in text)
        shown = draining.to_json()
        assert (shown["way"], shown["release"], shown["path"]) == ("drain", "1.0.0", "/plain")
        assert str(shown["place"]).endswith(f"app.py:{line}") and "sender changed" in str(shown["reason"])
        await service.ended(service.engine.downgrade())
        assert (await ask(marked), str(draining.way)) == ("old x", "live")
