"""Who stands in changed code, who is waited for, and who stays."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from upward_asgi.errors import QuiesceTimeout
from upward_asgi.sessions import LiveSession, Way
from upward_asgi.upgrade import Timeouts
from upward_asgi.upgrade.look import Look
from upward_asgi.upgrade.quiesce import quiesce
from upward_asgi.upgrade.standers import Patience, Places, Stander


class TickingClock:
    """A clock that moves a second at each pause, and tells how often it did."""

    def __init__(self) -> None:
        self.pauses = 0

    def now(self) -> float:
        return float(self.pauses)

    async def pause(self, seconds: float) -> None:
        self.pauses += 1
        await anyio.lowlevel.checkpoint()


async def still(world: Any, places: Places, **options: Any) -> tuple[Stander, ...]:
    """Who stays in changed code when nobody is waited for any more."""
    return await quiesce(world.sessions, Look(world.sessions, places, 1.0), **options)


async def standing_now(world: Any, places: Places) -> tuple[Stander, ...]:
    """Who stands in changed code."""
    look = Look(world.sessions, places, 1.0)
    await look.around()
    return look.now()


class Handler:
    """A handler that waits in a changed function until it is told to go on."""

    def __init__(self) -> None:
        self.go_on = anyio.Event()

    async def changed(self) -> None:
        await self.go_on.wait()

    async def unchanged(self) -> None:
        await self.changed()
        await anyio.Event().wait()


@pytest.fixture
def places(world: Any, tmp_path: Any) -> Places:
    """`Handler.changed` and `blocking` are what the patch changes."""
    world.change(Handler.changed)
    world.change(blocking)
    root = tmp_path / "1.0.0"
    step = SimpleNamespace(
        prepared=SimpleNamespace(changed=world.changed), hop=SimpleNamespace(old=SimpleNamespace(root=root))
    )
    return Places([step])  # type: ignore[list-item]


def blocking(go_on: threading.Event) -> None:
    go_on.wait(20)


async def standing(world: Any, tasks: Any, handler: Handler) -> Any:
    """A session whose task stands in the changed function, between two messages."""
    session = world.connect()
    task = asyncio.ensure_future(handler.unchanged())
    tasks.append(task)
    session.task = task
    await anyio.wait_all_tasks_blocked()
    return session


@pytest.fixture
async def tasks() -> Any:
    """Tasks that end with the test."""
    running: list[asyncio.Task[None]] = []
    yield running
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_a_plain_handler_between_messages(world: Any, places: Places, tasks: Any) -> None:
    """It drains, and nobody waits for it; the place is that of the changed function."""
    session = await standing(world, tasks, Handler())
    (found,) = await standing_now(world, places)
    assert (found.session, found.way, found.patience) == (session, Way.DRAIN, Patience.NONE)
    assert found.function == "app:Handler.changed"
    clock = TickingClock()
    assert await still(world, places, timeouts=Timeouts(), clock=clock) == (found,)
    assert clock.pauses == 0


async def test_a_plain_handler_in_the_middle_of_a_message(world: Any, places: Places, tasks: Any) -> None:
    """It is given a moment to leave; after that it drains."""
    session = await standing(world, tasks, Handler())
    session.channel.parked = 0
    (found,) = await standing_now(world, places)
    assert found.patience is Patience.A_MOMENT
    clock = TickingClock()
    timeouts = Timeouts(settle_seconds=3)
    assert await still(world, places, timeouts=timeouts, clock=clock) == (found,)
    assert clock.pauses == 3


async def test_it_leaves_in_time(world: Any, places: Places, tasks: Any) -> None:
    """Whoever leaves the changed function while it is waited for stands there no more."""
    handler = Handler()
    session = await standing(world, tasks, handler)
    session.channel.parked = 0
    handler.go_on.set()
    found = await still(world, places, timeouts=Timeouts(settle_seconds=9), clock=TickingClock())
    assert found == ()


async def test_a_busy_live_session(world: Any, places: Places, tasks: Any) -> None:
    """It is waited for, gets no new work after a moment, and is named when it stays."""
    session = await standing(world, tasks, Handler())
    session.holder = LiveSession.__new__(LiveSession)
    session.busy = 1
    timeouts = Timeouts(settle_seconds=2, quiesce_seconds=5)
    clock = TickingClock()
    with pytest.raises(QuiesceTimeout, match=rf"session {session.id} in app:Handler.changed"):
        await still(world, places, timeouts=timeouts, clock=clock)
    assert clock.pauses == 5
    assert session.channel.held


async def test_an_idle_live_session(world: Any, places: Places, tasks: Any) -> None:
    """Between two messages its outer frames are in nobody's way, and it does not drain."""
    session = await standing(world, tasks, Handler())
    session.holder = LiveSession.__new__(LiveSession)
    session.channel.parked = 0
    (found,) = await still(world, places, timeouts=Timeouts(), clock=TickingClock())
    assert (found.way, found.patience) == (None, Patience.NONE)


async def test_another_task(world: Any, places: Places, tasks: Any) -> None:
    """A task that is no session's goes on in its old frame, and is named."""
    tasks.append(asyncio.create_task(Handler().unchanged(), name="ticker"))
    await anyio.wait_all_tasks_blocked()
    (found,) = await still(world, places, timeouts=Timeouts(), clock=TickingClock())
    assert (found.kind, found.id, found.way) == ("task", "ticker", None)


async def test_a_thread(world: Any, places: Places) -> None:
    """A thread in a changed function is waited for, and named when it stays."""
    go_on = threading.Event()
    thread = threading.Thread(target=blocking, args=(go_on,), name="worker-7")
    thread.start()
    try:
        with pytest.raises(QuiesceTimeout, match="thread worker-7 in app:blocking"):
            await still(world, places, timeouts=Timeouts(quiesce_seconds=3), clock=TickingClock())
    finally:
        go_on.set()
        thread.join()
    assert await still(world, places, timeouts=Timeouts(), clock=TickingClock()) == ()


def test_a_frame_of_an_older_release(world: Any, places: Places, tmp_path: Any) -> None:
    """A function is known by file and name: a frame may be older than the release that is left."""
    older = Handler.changed.__code__.replace(co_filename=str(tmp_path / "0.9.9" / "app.py"), co_firstlineno=1)
    elsewhere = older.replace(co_filename=str(tmp_path / "1.0.0" / "other.py"))
    found = places.find(older)
    assert found is not None
    assert found.qualname == "Handler.changed"
    assert places.find(elsewhere) is None
