"""Work in threads: limited, and nothing that was given up runs beside the next operation."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import anyio
import pytest

from upward_asgi.upgrade import Engine, OperationState, Timeouts
from upward_asgi.upgrade.threads import GivenUp, Threads

from .conftest import World


async def test_the_next_operation_waits(world: World, make_engine: Callable[..., Engine]) -> None:
    """A check that was given up still reads: the next upgrade touches nothing until it has ended."""
    go_on = threading.Event()
    world.faults["verify 1.0.1"] = go_on.wait
    engine = make_engine(timeouts=Timeouts(verify_seconds=0.05, settle_seconds=0, leftovers_seconds=0))
    async with engine.run():
        first = engine.upgrade()
        await first.done()
        assert first.state is OperationState.REFUSED
        world.steps.clear()
        second = engine.upgrade(first.to)
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        assert world.steps == [] and not second.ended
        world.faults.clear()
        go_on.set()
        await second.done()
    assert second.state is OperationState.SUCCEEDED


async def test_one_that_never_ends(world: World, make_engine: Callable[..., Engine]) -> None:
    """What never ends is named, nothing is forked beside it, and the release is not blamed for it."""
    go_on = threading.Event()
    world.faults["verify 1.0.1"] = go_on.wait
    limits = Timeouts(verify_seconds=0.05, given_up_seconds=0.05, leftovers_seconds=0)
    engine = make_engine(timeouts=limits)
    async with engine.run():
        first = engine.upgrade()
        await first.done()
        world.store.failed.clear()
        world.steps.clear()
        second = engine.upgrade()
        await second.done()
        go_on.set()
    assert second.state is OperationState.FAILED
    assert "the check of the releases on disk" in str(second.report["error"])
    assert world.steps == [] and world.store.failed == {}


async def test_an_error_at_the_await() -> None:
    """Whoever is thrown out of the waiting leaves the thread behind as well."""
    threads, begun, go_on = Threads(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(threads.run, work, 60.0, "the search")
        while not begun.is_set():
            await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert await threads.all_ended(0.01) == ("the search",)
    go_on.set()
    assert await threads.all_ended(60.0) == ()


async def test_never_begun() -> None:
    """What no thread had come to when it was given up is never done."""
    threads, done = Threads(), []
    task = asyncio.ensure_future(threads.run(lambda: done.append(1), 60.0, "the search"))
    await anyio.lowlevel.checkpoint()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await threads.all_ended(60.0) == () and len(done) <= 1


async def test_limit() -> None:
    """Past its limit work is given up, and its own errors are its caller's."""
    threads, go_on = Threads(), threading.Event()
    with pytest.raises(GivenUp):
        await threads.run(go_on.wait, 0.01, "the search")
    go_on.set()
    assert await threads.all_ended(60.0) == ()
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0, 60.0, "the search")
    assert await threads.run(lambda: 5, 60.0, "the search") == 5


async def test_no_search_through_all_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once threads are open, none of them costs a look at every task: that would hold up many sessions."""
    threads = Threads()
    await threads.open()
    searches: list[object] = []
    monkeypatch.setattr("anyio._backends._asyncio.all_tasks", lambda *_: searches.append(1) or set())
    assert await threads.run(lambda: "done", 20.0, "some work") == "done"
    assert searches == []
