"""The engine's promises to those who ask for operations."""

from __future__ import annotations

import threading

import anyio
import pytest
from packaging.version import Version

from upward_asgi.appup.verdict import Reason
from upward_asgi.errors import (
    BelowBase,
    ConfigurationError,
    ImportedElsewhere,
    NotAPatchRelease,
    NothingNewer,
    OperationInProgress,
    ReleaseFailedBefore,
    UnknownOperation,
    UnknownRelease,
)
from upward_asgi.upgrade import OperationState, Timeouts


async def finish(engine, operation):
    return await engine.finished(operation.id, 30)


async def test_upgrade(world, make_engine) -> None:
    """An upgrade goes to the next patch release: code, states, served application and store."""
    session = world.connect()
    engine = make_engine()
    async with engine.run():
        operation = engine.upgrade()
        assert operation.state is OperationState.RUNNING
        await finish(engine, operation)
    assert operation.state is OperationState.SUCCEEDED, operation.report
    assert (world.code, world.served, str(world.store.running)) == ("1.0.1", "1.0.1", "1.0.1")
    assert session.state.written == ["1.0.0", "1.0.1"]
    assert str(session.release) == "1.0.1"


async def test_json(world, make_engine) -> None:
    """The operation's JSON has the fields of the contract, and phases in order with their times."""
    world.connect()
    engine = make_engine()
    async with engine.run():
        found = (await finish(engine, engine.upgrade())).to_json()
    assert list(found) == ["id", "kind", "from", "to", "state", "phases", "report"]
    assert (found["kind"], found["from"], found["to"]) == ("upgrade", "1.0.0", "1.0.1")
    names = [phase["phase"] for phase in found["phases"]]
    assert names == ["verified", "planned", "rehearsed", "quiesced", "patched", "migrated", "current"]
    starts = [phase["at"] for phase in found["phases"]]
    assert starts == sorted(starts)
    assert all(phase["seconds"] >= 0 for phase in found["phases"])
    report = found["report"]
    assert report["sessions"] == {"total": 1, "kept": 1, "by_way": {"live": 1}, "changed": 1}
    assert report["hops"] == [{"from": "1.0.0", "to": "1.0.1", "instructions": 1}]
    assert report["verdict"] == {"hot": True, "reasons": [], "notes": []}
    assert report["pause_ms"] >= 0
    assert "1.0.1 runs provisionally" in report["next"]


async def test_hops(world, make_engine) -> None:
    """An upgrade to a later release goes through those in between, `code_change` in order."""
    session = world.connect()
    engine = make_engine()
    async with engine.run():
        operation = await finish(engine, engine.upgrade(Version("1.0.2")))
    assert operation.state is OperationState.SUCCEEDED, operation.report
    assert session.state.written == ["1.0.0", "1.0.1", "1.0.2"]
    assert [hop["to"] for hop in operation.report["hops"]] == ["1.0.1", "1.0.2"]
    commit = world.steps[-8:]
    assert commit == [
        "make_current 1.0.1",
        "apply 1.0.1",
        "reload",
        "code_change 1",
        "make_current 1.0.2",
        "apply 1.0.2",
        "reload",
        "code_change 2",
    ]


async def test_downgrade(world, make_engine) -> None:
    """On the way down the newer code's `code_change` runs, before the patch; then the base is reached."""
    session = world.connect()
    engine = make_engine()
    async with engine.run():
        await finish(engine, engine.upgrade())
        world.steps.clear()
        operation = await finish(engine, engine.downgrade())
        assert operation.state is OperationState.SUCCEEDED, operation.report
        with pytest.raises(BelowBase):
            engine.downgrade()
    assert world.steps[-4:] == ["code_change 2", "make_current 1.0.0", "apply 1.0.0", "reload"]
    assert session.state.written == ["1.0.0", "1.0.1", "1.0.1"]
    assert (world.code, str(session.release), str(world.sessions.release)) == ("1.0.0", "1.0.0", "1.0.0")


async def test_install(world, make_engine) -> None:
    """An install goes to any release of the line, up and down."""
    engine = make_engine()
    async with engine.run():
        up = await finish(engine, engine.install(Version("1.0.2")))
        assert (up.state, world.code) == (OperationState.SUCCEEDED, "1.0.2")
        down = await finish(engine, engine.install(Version("1.0.0")))
        assert (down.state, world.code) == (OperationState.SUCCEEDED, "1.0.0")
        with pytest.raises(NothingNewer):
            engine.install(Version("1.0.0"))


async def test_dry_run(world, make_engine) -> None:
    """A dry run does everything up to the rehearsal, and changes nothing."""
    world.connect()
    before = world.snapshot()
    engine = make_engine()
    async with engine.run():
        operation = await finish(engine, engine.upgrade(dry_run=True))
    assert operation.state is OperationState.SUCCEEDED
    assert [str(phase.phase) for phase in operation.phases][-2:] == ["rehearsed", "tried"]
    assert operation.report["rehearsal"]["where"] == "fork"
    assert operation.report["dry_run"] is True
    assert world.snapshot() == before


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda engine: engine.upgrade(Version("1.1.0")), NotAPatchRelease),
        (lambda engine: engine.install(Version("1.1.0")), NotAPatchRelease),
        (lambda engine: engine.upgrade(Version("1.0.0")), NothingNewer),
        (lambda engine: engine.upgrade(Version("9.0.0")), UnknownRelease),
        (lambda engine: engine.downgrade(), BelowBase),
        (lambda engine: engine.operation("none"), UnknownOperation),
    ],
)
async def test_requests_that_cannot_be(world, make_engine, ask, error) -> None:
    """What cannot be is refused when it is asked for: no operation comes to be."""
    engine = make_engine()
    async with engine.run():
        with pytest.raises(error):
            ask(engine)
        assert engine.operations() == ()


async def test_nothing_newer(world, make_engine) -> None:
    """After the last patch release there is nothing newer; the new base is named, and not gone to."""
    world.code = "1.0.2"
    world.store.running = Version("1.0.2")
    engine = make_engine()
    async with engine.run():
        with pytest.raises(NothingNewer, match=r"only 1\.1\.0, a new base"):
            engine.upgrade()


async def test_one_at_a_time(world, make_engine) -> None:
    """A second operation is refused with the first one's id, and may be asked for afterwards."""
    engine = make_engine()
    async with engine.run():
        first = engine.upgrade()
        for ask in (engine.upgrade, engine.downgrade, lambda: engine.install(Version("1.0.2"))):
            with pytest.raises(OperationInProgress) as raised:
                ask()
            assert raised.value.operation == first.id
        with pytest.raises(OperationInProgress):
            engine.make_permanent()
        assert engine.status()["operation"]["id"] == first.id
        await finish(engine, first)
        assert engine.status()["operation"] is None
        await finish(engine, engine.upgrade())
    assert world.code == "1.0.2"


async def test_an_operation_survives_its_caller(world, make_engine) -> None:
    """A caller that is cancelled while it waits does not end the operation."""
    engine = make_engine()
    async with engine.run():
        operation = engine.upgrade()
        with anyio.CancelScope() as caller:
            caller.cancel()
            await engine.finished(operation.id, None)
        assert operation.state is OperationState.RUNNING
        await finish(engine, operation)
    assert operation.state is OperationState.SUCCEEDED


async def test_finished_returns_when_time_is_up(world, make_engine) -> None:
    """Waiting ends with the time given, the operation goes on."""
    go_on = threading.Event()
    world.faults["verify 1.0.1"] = lambda: go_on.wait(20)
    engine = make_engine()
    async with engine.run():
        operation = engine.upgrade()
        assert (await engine.finished(operation.id, 0)).state is OperationState.RUNNING
        go_on.set()
        await finish(engine, operation)
    assert operation.state is OperationState.SUCCEEDED


async def test_shutdown_during_an_operation(world, make_engine) -> None:
    """When the service ends during an operation, it failed and nothing was changed."""
    before, go_on, began = world.snapshot(), threading.Event(), threading.Event()
    world.faults["verify 1.0.1"] = lambda: (began.set(), go_on.wait(20))
    engine = make_engine()
    async with engine.run():
        operation = engine.upgrade()
        await anyio.to_thread.run_sync(began.wait)
    go_on.set()
    assert operation.state is OperationState.FAILED
    assert "nothing was changed" in operation.report["error"]["do"]
    assert world.snapshot() == before


async def test_without_lifespan(world, make_engine) -> None:
    """Without a running engine a request says how to get one."""
    with pytest.raises(ConfigurationError, match="lifespan"):
        make_engine().upgrade()


async def test_imported_elsewhere(world, make_engine) -> None:
    """An application whose modules do not come from the store is not touched."""
    world.application.packages = ("anyio",)
    engine = make_engine()
    async with engine.run():
        with pytest.raises(ImportedElsewhere, match="anyio"):
            engine.upgrade()


async def test_cold(world, make_engine) -> None:
    """A cold release is refused with its reasons, and nothing is touched."""
    world.cold = (Reason("requirement", "needs x>=2", "pyproject.toml", 3, "bump the minor"),)
    before = world.snapshot()
    engine = make_engine()
    async with engine.run():
        operation = await finish(engine, engine.upgrade())
    assert operation.state is OperationState.REFUSED
    assert operation.report["verdict"]["hot"] is False
    assert operation.report["error"]["code"] == "not_hot"
    assert operation.report["error"]["reasons"][0]["line"] == 3
    assert world.snapshot() == before


async def test_make_permanent(world, make_engine) -> None:
    """The running release becomes what the next boot starts, and its operation ends permanent."""
    engine = make_engine()
    async with engine.run():
        operation = await finish(engine, engine.upgrade())
        release = engine.make_permanent()
    assert str(release.version) == "1.0.1"
    assert str(world.store.boots) == "1.0.1"
    assert str(operation.phases[-1].phase) == "permanent"


async def test_status(world, make_engine) -> None:
    """The status counts the sessions by way and by release."""
    world.connect()
    world.connect()
    assert make_engine().status() == {
        "release": "1.0.0",
        "permanent": "1.0.0",
        "sessions": {"total": 2, "by_way": {"live": 2}, "by_release": {"1.0.0": 2}},
        "operation": None,
    }


def test_plan(world, make_engine) -> None:
    """A plan is the appups of the hops; the next release if none is named."""
    engine = make_engine()
    assert [str(appup.new) for appup in engine.plan()] == ["1.0.1"]
    assert [str(appup.new) for appup in engine.plan(Version("1.0.2"))] == ["1.0.1", "1.0.2"]


async def test_a_release_that_failed_is_remembered(world, make_engine) -> None:
    """It is not tried again by itself, is passed over by later ones, and is tried again by name."""
    world.connect()
    world.faults["code_change 1"] = lambda: 1 / 0
    engine = make_engine()
    async with engine.run():
        await finish(engine, engine.upgrade())
        assert "ZeroDivisionError" in world.store.failed[Version("1.0.1")]
        del world.faults["code_change 1"]
        later = await finish(engine, engine.upgrade())
        assert str(later.to) == "1.0.2"
        assert [hop["to"] for hop in later.report["hops"]] == ["1.0.2"]
        await finish(engine, engine.downgrade())
        by_name = await finish(engine, engine.upgrade(Version("1.0.1")))
        assert by_name.state is OperationState.SUCCEEDED
        assert world.store.failed == {}


async def test_only_failed_releases_are_left(world, make_engine) -> None:
    """When every later release failed before, the request says so and how to insist."""
    world.store.failed = {Version("1.0.1"): "it broke", Version("1.0.2"): "it broke too"}
    engine = make_engine()
    async with engine.run():
        with pytest.raises(ReleaseFailedBefore, match="it broke too"):
            engine.upgrade()


async def test_a_plan_that_does_not_end(world, make_engine) -> None:
    """A hanging transform is given up after its time limit, and the operation says which limit."""
    go_on = threading.Event()
    world.faults["appup 1.0.0 1.0.1"] = lambda: go_on.wait(20)
    engine = make_engine(timeouts=Timeouts(plan_seconds=0.01))
    async with engine.run():
        operation = await finish(engine, engine.upgrade())
    go_on.set()
    assert operation.state is OperationState.REFUSED
    assert "plan_seconds" in operation.report["error"]["expected"]
