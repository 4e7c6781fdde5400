"""A fault at every step of an upgrade, a downgrade and one of several hops: wholly old, or wholly new.

After each the sessions have the states, stamps and ways that they had, the code and the store are as they
were, and the next operation works.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import threading
from collections.abc import Callable

import anyio
import pytest
from packaging.version import Version

from upward_asgi import patch
from upward_asgi.upgrade import OperationState, Timeouts
from upward_asgi.upgrade.commit import Commit
from upward_asgi.upgrade.hop import Step, hops_of

PARENT = os.getpid()
UP = ["make_current 1.0.1", "apply 1.0.1", "reload", "code_change 1"]
TWO_UP = [*UP, "make_current 1.0.2", "apply 1.0.2", "code_change 2"]
DOWN = ["code_change 2", "make_current 1.0.0", "apply 1.0.0", "reload"]
BEFORE = ["verify 1.0.1", "appup 1.0.0 1.0.1", "prepare 1.0.1"]


class Unforeseen(BaseException):
    """What no `except Exception` catches."""


def raising(error: BaseException) -> Callable[[], None]:
    def fault() -> None:
        raise type(error)(*error.args)

    return fault


def only_here(fault: Callable[[], object]) -> Callable[[], None]:
    """The fault happens in this process, not in the rehearsal's copy of it."""

    def here() -> None:
        if os.getpid() == PARENT:
            fault()

    return here


def only_there(fault: Callable[[], object]) -> Callable[[], None]:
    """The fault happens in the rehearsal's copy only."""

    def there() -> None:
        if os.getpid() != PARENT:
            fault()

    return there


ERRORS = [RuntimeError("no"), SystemExit(3), asyncio.CancelledError(), GeneratorExit(), Unforeseen("no")]


async def attempt(world, make_engine, ask, step, fault, rehearsal_seconds=20):
    """Ask with the fault at the step; then once more without it. Returns the failed operation."""
    async with make_engine(timeouts=Timeouts(rehearsal_seconds=rehearsal_seconds)).run() as engine:
        before = world.snapshot()
        world.faults[step] = fault
        operation = await engine.finished(ask(engine).id, 20)
        assert step in world.steps or operation.state is OperationState.REFUSED
        assert world.snapshot() == before
    world.faults.clear()
    async with make_engine().run() as engine:
        again = await engine.finished(ask(engine).id, 20)
        assert again.state is OperationState.SUCCEEDED, again.report
    assert {str(s.release) for s in world.sessions.open()} == {world.code}
    assert operation.report["sessions"]["kept"] == operation.report["sessions"]["total"] == 3
    assert operation.report["next"]
    return operation


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("step", UP)
async def test_commit_up(world, make_engine, step, error) -> None:
    """Whatever is raised at whichever step of the commit: all of it is undone, and the report says where."""
    for _ in range(3):
        world.connect()
    operation = await attempt(
        world, make_engine, lambda e: e.upgrade(Version("1.0.1")), step, only_here(raising(error))
    )
    assert operation.state is OperationState.ROLLED_BACK
    assert type(error).__name__ in operation.report["error"]["message"]


@pytest.mark.parametrize("error", ERRORS[:2], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("step", TWO_UP)
async def test_commit_two_up(world, make_engine, step, error) -> None:
    """A failure in the second hop undoes the first one too."""
    for _ in range(3):
        world.connect()
    operation = await attempt(
        world, make_engine, lambda e: e.upgrade(Version("1.0.2")), step, only_here(raising(error))
    )
    assert operation.state is OperationState.ROLLED_BACK


@pytest.mark.parametrize("error", ERRORS[:2], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("step", DOWN)
async def test_commit_down(world, make_engine, step, error) -> None:
    """A failure on the way down leaves the newer release, wholly."""
    for _ in range(3):
        world.connect()
    engine = make_engine()
    async with engine.run():
        await engine.finished(engine.upgrade().id, 20)
    operation = await attempt(world, make_engine, lambda e: e.downgrade(), step, only_here(raising(error)))
    assert operation.state is OperationState.ROLLED_BACK
    assert world.store.failed == {}


@pytest.mark.parametrize("error", ERRORS[:2], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("step", BEFORE)
async def test_before_the_rehearsal(world, make_engine, step, error) -> None:
    """What fails before the rehearsal touches nothing."""
    for _ in range(3):
        world.connect()
    operation = await attempt(world, make_engine, lambda e: e.upgrade(Version("1.0.1")), step, raising(error))
    assert operation.state in (OperationState.FAILED, OperationState.REFUSED)
    assert not {str(phase.phase) for phase in operation.phases} & {"patched", "migrated"}


ENDINGS = {
    "raises": (raising(RuntimeError("no")), "RuntimeError: no"),
    "exits": (raising(SystemExit(3)), "SystemExit"),
    "exits hard": (lambda: os._exit(4), "status 4"),
    "crashes": (lambda: (faulthandler.disable(), os.kill(os.getpid(), signal.SIGSEGV)), "SIGSEGV"),
    "hangs": (lambda: threading.Event().wait(), "0.3 s"),
    "runs out of memory": (lambda: bytearray(1 << 40), "MemoryError"),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("step", UP[1:])
async def test_rehearsal(world, make_engine, step, ending) -> None:
    """However the copy ends, the operation is refused, names how, and nothing here was touched."""
    for _ in range(3):
        world.connect()
    fault, words = ENDINGS[ending]
    seconds = 0.3 if ending == "hangs" else 20
    operation = await attempt(
        world, make_engine, lambda e: e.upgrade(Version("1.0.1")), step, only_there(fault), seconds
    )
    assert operation.state is OperationState.REFUSED
    assert words in operation.report["error"]["got"]
    assert "rehearsal" in operation.report


async def test_rehearsal_groups_failures(world, make_engine) -> None:
    """Failing sessions are grouped by cause, with a few of their ids, their number and the traceback."""
    sessions = [world.connect() for _ in range(9)]
    sessions[3].state.written += ["x"]
    world.faults["code_change 1"] = raising(KeyError("field"))
    world.faults["code_change 2"] = raising(ValueError("other"))
    engine = make_engine()
    async with engine.run():
        operation = await engine.finished(engine.upgrade().id, 20)
    assert operation.state is OperationState.REFUSED
    failures = operation.report["rehearsal"]["failures"]
    assert [(f["cause"], f["count"], f["sessions"]) for f in failures] == [
        ("KeyError: 'field'", 8, ["s1", "s2", "s3", "s5", "s6"]),
        ("ValueError: other", 1, ["s4"]),
    ]
    assert "raise type(error)" in failures[0]["traceback"]


async def test_an_undo_that_fails(world, make_engine) -> None:
    """When undoing fails too, the rest is undone all the same, and the operation says: restart."""
    session = world.connect()
    world.faults["code_change 1"] = only_here(raising(RuntimeError("first")))
    world.faults["undo 1.0.1"] = only_here(raising(RuntimeError("second")))
    engine = make_engine()
    async with engine.run():
        operation = await engine.finished(engine.upgrade().id, 20)
    assert operation.state is OperationState.FAILED
    assert operation.report["error"]["code"] == "not_undone"
    assert "second" in operation.report["error"]["got"]
    assert "RuntimeError: first" in operation.report["error"]["causes"]
    assert "restart" in operation.report["error"]["do"]
    assert session.state.written == ["1.0.0"]
    assert str(world.store.running) == "1.0.0"


def test_an_interrupt_of_the_operator(world) -> None:
    """Ctrl-C in the middle of the commit undoes it and goes on to end the service."""
    world.connect()
    before = world.snapshot()
    world.faults["reload"] = raising(KeyboardInterrupt())
    way = (world.store.release("1.0.0"), world.store.release("1.0.1"))
    steps = [
        Step(hop, patch.prepare((), old=hop.old.root, new=hop.new.root)) for hop in hops_of(world.store, way)
    ]
    commit = Commit(
        steps,
        sessions=world.sessions,
        application=world.application,
        store=world.store,
        happened=lambda event: None,
    )
    with pytest.raises(KeyboardInterrupt):
        commit.carry_out()
    assert world.snapshot() == before


async def test_cancellation_at_every_wait(world, make_engine) -> None:
    """The service ends while the operation is at its n-th wait, for every n: wholly old, or wholly new."""
    for _ in range(3):
        world.connect()
    outcomes = []
    # Waits for a thread last as many turns as the machine takes: after the first turns, ever larger steps.
    for n in (*range(150), *(150 * 2**step for step in range(1, 14))):
        clock = CountingClock(n)
        before = world.snapshot()
        engine = make_engine(clock=clock)
        with anyio.CancelScope() as service:
            async with engine.run():
                operation = engine.upgrade()
                for _ in range(n):
                    await anyio.lowlevel.checkpoint()
                service.cancel()
                await engine.finished(operation.id, None)
        if operation.state is OperationState.SUCCEEDED:
            assert world.code == "1.0.1"
            outcomes.append("new")
            break
        assert world.snapshot() == before
        outcomes.append("old")
    assert outcomes[-1:] == ["new"]
    assert outcomes.count("old") > 5


class CountingClock:
    """A clock that moves one millisecond at each look."""

    def __init__(self, start: float) -> None:
        self.time = start

    def now(self) -> float:
        self.time += 0.001
        return self.time

    async def pause(self, seconds: float) -> None:
        self.time += seconds
        await anyio.lowlevel.checkpoint()
