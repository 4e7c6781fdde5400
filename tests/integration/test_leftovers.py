"""After an upgrade the report says what still reaches old code, or that nothing does."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import Any

import anyio
import pytest

from tests.asking import AskingClient
from upward_asgi.upgrade import Timeouts

from .in_process import ServeModule

APP = """
import asyncio
import functools

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

HOOKS = []
TABLE = {}


def make(word, more="!"):
    def tick():
        return word
    return tick


class Room:
    def __init__(self, name):
        self.name = name


def arm_timer():
    TABLE["handle"] = asyncio.get_running_loop().call_later(3600, make("timer"))


def arm_list():
    HOOKS.extend([make("one"), make("two")])


def arm_partial():
    TABLE["partial"] = functools.partial(make("partial"))


def work(started, done):
    started.set()
    done.wait()


async def socket(websocket):
    await websocket.accept()
    count = 0
    while True:
        await websocket.receive_text()
        count += 1
        await websocket.send_text(f"old {count} -")


app = Starlette(routes=[WebSocketRoute("/", socket)])
"""


def edited(old: str, new: str, text: str = APP) -> str:
    assert old in text
    return text.replace(old, new)


OTHER_CLOSURE = edited("return word\n", "return word + more\n")
OTHER_HANDLER = edited('f"old {count} -"', 'f"new {count} -"')
OTHER_ROOM = edited("class Room:\n", "class Room(dict):\n")


def only(report: dict[str, Any]) -> dict[str, Any]:
    """The one thing that the report names."""
    leftovers = report["leftovers"]
    assert leftovers["looked"] == "fork" and leftovers["complete"], leftovers
    assert len(leftovers["found"]) == 1, leftovers
    return leftovers["found"][0]  # type: ignore[no-any-return]


async def test_clean(serve_module: ServeModule) -> None:
    """A release whose every function follows leaves nothing: said after a whole look, with what it cost."""
    async with serve_module(APP, edited('"timer"', '"clock"'), OTHER_ROOM) as service:
        for _ in range(2):
            leftovers = (await service.upgrade())["leftovers"]
            assert leftovers.pop("fork_ms") > 0 and leftovers.pop("seconds") > 0
            assert leftovers == {"looked": "fork", "complete": True, "counts": {}, "found": []}
            assert "nothing live reaches old code" in service.text


async def test_timer(serve_module: ServeModule) -> None:
    """A timer of the event loop that will call an old closure is named."""
    async with serve_module(APP, OTHER_CLOSURE) as service:
        service.app.arm_timer()
        service.app.TABLE.clear()
        found = only(await service.upgrade())
    assert (found["what"], found["count"], found["held_by"]) == ("function", 1, {"timer": 1})
    assert found["name"].endswith(".app:make.<locals>.tick") and found["release"] == "1.0.0"
    assert "1 × function" in service.text and "timer" in service.text


async def test_container(serve_module: ServeModule) -> None:
    """Old closures in a module's list are counted, and the list is named."""
    async with serve_module(APP, OTHER_CLOSURE) as service:
        service.app.arm_list()
        found = only(await service.upgrade())
        assert (found["count"], found["held_by"]) == (2, {"module": 2})
        assert found["ways"] == [f"list in {service.app.__name__}:HOOKS"]


async def test_partial(serve_module: ServeModule) -> None:
    """An old closure in a partial in a table is named with the way to it."""
    async with serve_module(APP, OTHER_CLOSURE) as service:
        service.app.arm_partial()
        found = only(await service.upgrade())
        assert found["ways"] == [f"functools.partial in dict in {service.app.__name__}:TABLE"]


async def test_until_gone(serve_module: ServeModule) -> None:
    """What an earlier upgrade left is named by every later one, until nobody holds it."""
    later = [f"{OTHER_CLOSURE}LATER = {i}\n" for i in range(2)]
    async with serve_module(APP, OTHER_CLOSURE, *later) as service:
        service.app.arm_list()
        for _ in range(2):
            assert only(await service.upgrade())["release"] == "1.0.0"
        service.app.HOOKS.clear()
        assert (await service.upgrade())["leftovers"]["found"] == []


async def test_old_again(serve_module: ServeModule) -> None:
    """After the way back, the old closure is current again, and no leftover."""
    async with serve_module(APP, OTHER_CLOSURE) as service:
        service.app.arm_list()
        only(await service.upgrade())
        assert (await service.downgrade())["leftovers"]["found"] == []


async def test_drained(serve_module: ServeModule) -> None:
    """Handlers that stay in their old frames are counted, and their sessions named."""
    async with serve_module(APP, OTHER_HANDLER) as service, anyio.create_task_group() as tasks:
        clients = [AskingClient("/") for _ in range(5)]
        for client in clients:
            tasks.start_soon(client.connect, service.upward)
        for client in clients:
            await client.accepted()
            await client.ask()
        found = only(await service.upgrade())
        tasks.cancel_scope.cancel()
    assert (found["what"], found["count"], found["held_by"]) == ("frame", 5, {"session": 5})
    assert all(way.startswith("the session ") for way in found["ways"])


async def test_class(serve_module: ServeModule) -> None:
    """A class that was made anew and that somebody still holds, here in a place no patch writes to."""
    async with serve_module(APP, OTHER_ROOM) as service:
        hidden = itertools.repeat(service.app.Room)
        found = only(await service.upgrade())
        assert (found["what"], found["name"]) == ("class", f"{service.app.__name__}:Room")
        assert next(hidden) is not service.app.Room


async def test_thread(serve_module: ServeModule) -> None:
    """A thread in a function that did not change is no leftover."""
    started, done = threading.Event(), threading.Event()
    async with serve_module(APP, OTHER_CLOSURE) as service:
        thread = threading.Thread(target=service.app.work, args=(started, done), name="worker")
        thread.start()
        try:
            await asyncio.to_thread(started.wait)
            assert (await service.upgrade())["leftovers"]["found"] == []
        finally:
            done.set()
            thread.join()


async def test_cut_short(serve_module: ServeModule) -> None:
    """A look that is not over in time says so, and never that there is nothing."""
    async with serve_module(APP, OTHER_CLOSURE, timeouts=Timeouts(leftovers_seconds=0.000_001)) as service:
        leftovers = (await service.upgrade())["leftovers"]
        assert leftovers["complete"] is False and leftovers["found"] == []
        assert "cut short" in leftovers["why"]
        assert "cut short" in service.text and "nothing live" not in service.text


async def test_no_fork(serve_module: ServeModule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no copy can be made nobody has looked, and the report says that."""
    async with serve_module(APP, OTHER_CLOSURE) as service:
        monkeypatch.setattr("upward_asgi.upgrade.leftovers.can_fork", lambda: False)
        leftovers = (await service.upgrade())["leftovers"]
        assert leftovers["looked"] == "none" and "cannot fork" in leftovers["why"]
        assert "nothing live" not in service.text
