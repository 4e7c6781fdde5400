"""A release on probation becomes permanent, or goes back, by itself."""

from __future__ import annotations

from collections.abc import Callable

import anyio
from packaging.version import Version

from upward_asgi.errors import StoreError
from upward_asgi.upgrade import Engine, Operation, OperationState, Timeouts

LIMITS = Timeouts(probation_seconds=60, settle_seconds=0)


class HandMovedClock:
    """A clock that moves when the test says so."""

    def __init__(self) -> None:
        self.time = 0.0
        self._moved = anyio.Event()

    def now(self) -> float:
        return self.time

    async def pause(self, seconds: float) -> None:
        until = self.time + seconds
        while self.time < until:
            await self._moved.wait()

    def move(self, seconds: float) -> None:
        self.time += seconds
        self._moved.set()
        self._moved = anyio.Event()


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(20):
        while not condition():
            await anyio.lowlevel.checkpoint()


async def upgraded(engine: Engine) -> Operation:
    operation = await engine.finished(engine.upgrade().id, 20)
    assert operation.state is OperationState.SUCCEEDED, operation.report
    await anyio.wait_all_tasks_blocked()
    return operation


async def test_passed(world, make_engine) -> None:
    """After the time without too many errors, the release is what the next boot starts."""
    clock = HandMovedClock()
    async with make_engine(timeouts=LIMITS, clock=clock, errors_allowed=2).run() as engine:
        operation = await upgraded(engine)
        engine.failed_requests += 1
        world.sessions.crashes += 1
        clock.move(59)
        await anyio.wait_all_tasks_blocked()
        assert str(world.store.boots) == "1.0.0"
        clock.move(1)
        await until(lambda: str(world.store.boots) == "1.0.1")
    assert str(operation.machine) == "permanent"
    assert operation.report["probation"] == "passed"


async def test_too_many_errors(world, make_engine) -> None:
    """With more errors than allowed it goes back with every session, and is remembered as failed."""
    session = world.connect()
    clock = HandMovedClock()
    async with make_engine(timeouts=LIMITS, clock=clock, errors_allowed=2).run() as engine:
        operation = await upgraded(engine)
        engine.failed_requests += 2
        world.sessions.crashes += 1
        clock.move(1)
        await until(lambda: len(engine.operations()) == 2)
        back = await engine.finished(engine.operations()[1].id, 20)
    assert back.state is OperationState.SUCCEEDED, back.report
    assert (
        "1.0.1 had 1 crashed session(s), 2 failed request(s) on probation, 2 allowed"
        in back.report["because"]
    )
    assert (world.code, str(session.release)) == ("1.0.0", "1.0.0")
    assert "on probation" in world.store.failed[Version("1.0.1")]
    assert str(operation.machine) == "downgraded"
    assert str(back.machine) == "permanent"


async def test_errors_before_the_upgrade_do_not_count(world, make_engine) -> None:
    """Only what happens on probation counts."""
    clock = HandMovedClock()
    async with make_engine(timeouts=LIMITS, clock=clock, errors_allowed=0).run() as engine:
        engine.failed_requests = 50
        await upgraded(engine)
        clock.move(60)
        await until(lambda: str(world.store.boots) == "1.0.1")


async def test_another_operation_ends_it(world, make_engine) -> None:
    """A downgrade by hand ends the probation; nothing becomes permanent afterwards."""
    clock = HandMovedClock()
    async with make_engine(timeouts=LIMITS, clock=clock).run() as engine:
        await upgraded(engine)
        down = engine.downgrade()
        await engine.finished(down.id, 20)
        clock.move(600)
        await anyio.wait_all_tasks_blocked()
        assert str(world.store.boots) == "1.0.0"
        assert len(engine.operations()) == 2


async def test_switched_off(world, make_engine) -> None:
    """Without a probation, people decide."""
    clock = HandMovedClock()
    limits = Timeouts(probation_seconds=0, settle_seconds=0)
    async with make_engine(timeouts=limits, clock=clock).run() as engine:
        operation = await upgraded(engine)
        clock.move(10_000)
        await anyio.wait_all_tasks_blocked()
    assert str(operation.machine) == "current"


async def test_a_store_that_cannot_be_written(world, make_engine, monkeypatch) -> None:
    """When the release cannot be made permanent the service goes on, and the report says why."""
    clock = HandMovedClock()
    error = StoreError(expected="a store that can be written", got="a full disk", do="make room")
    monkeypatch.setattr(world.store, "make_permanent", raising(error))
    async with make_engine(timeouts=LIMITS, clock=clock).run() as engine:
        operation = await upgraded(engine)
        clock.move(60)
        await until(lambda: "full disk" in operation.report["next"])
        assert engine.status()["release"] == "1.0.1"


def raising(error: Exception) -> Callable[..., None]:
    def raise_it(*_: object) -> None:
        raise error

    return raise_it
