"""A small world to upgrade: real sessions, and releases whose patch is one assignment.

Faults are put in by name: every step of an operation calls `World.reach(name)`, and a test says what happens
at which step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType, SimpleNamespace

import pytest
from packaging.version import Version

from upward_asgi.appup.verdict import Reason, Verdict
from upward_asgi.errors import UnknownRelease
from upward_asgi.patch import ChangedCode, FunctionPlace, PatchReport
from upward_asgi.sessions import Session, Sessions, code_change
from upward_asgi.sessions.channel import Channel
from upward_asgi.store import Release, Status
from upward_asgi.upgrade import Engine, Timeouts

VERSIONS = ("1.0.0", "1.0.1", "1.0.2", "1.1.0")


@dataclass
class State:
    """A session's state: which releases wrote it."""

    written: list[str] = field(default_factory=list)


class World:
    """Everything an engine works on, with a log of the steps and faults at any of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[str] = []
        self.faults: dict[str, Callable[[], object]] = {}
        self.code = "1.0.0"
        self.served = "1.0.0"
        self.changed = ChangedCode({})
        self.cold: tuple[Reason, ...] = ()
        self.sessions = Sessions(Version("1.0.0"))
        self.store = FakeStore(self)
        self.application = FakeApplication(self)

    def reach(self, step: str) -> None:
        """Log the step, and let its fault happen."""
        self.steps.append(step)
        if step in self.faults:
            self.faults[step]()

    def connect(self) -> Session:
        """A session that waits for its next message."""
        session = self.sessions.begin("websocket", "/ws", Channel(never, nothing))
        session.state = State(["1.0.0"])
        session.channel.parked = 1
        return session

    def change(self, function: FunctionType) -> None:
        """Let the patch say that it changes this function."""
        code = function.__code__
        place = FunctionPlace("app", code.co_qualname, "app.py", code.co_firstlineno)
        at = (code.co_qualname, code.co_firstlineno)
        self.changed = ChangedCode({**self.changed.places, at: ((code, place),)})

    def written(self) -> list[list[str]]:
        """Which releases wrote each session's state."""
        return [session.state.written for session in self.sessions.open()]  # type: ignore[attr-defined]

    def snapshot(self) -> object:
        """Everything that a failed operation must leave as it was."""
        return (
            self.code,
            self.served,
            str(self.store.current().version),
            [(s.id, str(s.release), str(s.way), list(s.state.written)) for s in self.sessions.open()],  # type: ignore[attr-defined]
            str(self.sessions.release),
        )


async def never() -> dict[str, object]:
    raise AssertionError("nobody receives in these tests")


async def nothing(message: object) -> None:
    return None


class FakeStore:
    """Three patch releases and a new base."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.root = world.root
        self.running = Version("1.0.0")
        self.boots = Version("1.0.0")
        self.failed: dict[Version, str] = {}

    def releases(self) -> tuple[Release, ...]:
        return tuple(self._release(Version(v)) for v in VERSIONS)

    def release(self, version: Version) -> Release:
        if str(version) not in VERSIONS:
            raise UnknownRelease(expected="a release of the store", got=str(version), do="unpack it")
        return self._release(Version(str(version)))

    def _release(self, version: Version) -> Release:
        status = Status.UNPACKED
        if version == self.running:
            status = Status.CURRENT
        if version == self.boots:
            status = Status.PERMANENT
        base = Version(f"{version.major}.{version.minor}.0")
        root = self.root / str(version)
        root.mkdir(exist_ok=True)
        return Release(
            "app", version, base, status, "0" * 64, datetime.now(UTC), root, self.failed.get(version)
        )

    def current(self) -> Release:
        return self._release(self.running)

    def permanent(self) -> Release:
        return self._release(self.boots)

    def verify(self, version: Version) -> None:
        self.world.reach(f"verify {version}")

    def appup(self, old: Version, new: Version) -> object:
        self.world.reach(f"appup {old} {new}")
        assert old < new
        verdict = Verdict(self.world.cold)
        return SimpleNamespace(
            old=old, new=new, up=("step",), down=("step", "step"), verdict=verdict, down_verdict=verdict
        )

    def write_ahead(self, versions: Sequence[Version]) -> None:
        """Nothing is on a disk here."""

    def make_current(self, version: Version) -> None:
        self.world.reach(f"make_current {version}")
        self.running = Version(str(version))

    def make_permanent(self, version: Version) -> None:
        self.boots = Version(str(version))

    def mark_failed(self, version: Version, reason: str) -> None:
        self.failed[Version(str(version))] = reason

    def clear_failed(self, version: Version) -> None:
        self.failed.pop(Version(str(version)), None)


class FakeApplication:
    """Serves whatever code was there when it was last looked up."""

    packages = ("app_that_nobody_imports",)

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = SimpleNamespace(state=SimpleNamespace())

    def reload(self) -> Callable[[], None]:
        before = self.world.served
        self.world.reach("reload")
        self.world.served = self.world.code

        def undo() -> None:
            self.world.reach("undo reload")
            self.world.served = before

        return undo


class FakePrepared:
    """A patch that sets the world's code to the new release."""

    def __init__(self, world: World, old: Path, new: Path) -> None:
        self.world, self.old, self.new = world, old.name, new.name
        self.changed = world.changed
        self.needs_scan = True

    def scan(self) -> None:
        self.world.reach(f"scan {self.new}")

    def apply(self) -> object:
        self.world.reach(f"apply {self.new}")
        assert self.world.code == self.old
        self.world.code = self.new
        report = PatchReport()
        nothing: Callable[[], None] = lambda: None  # noqa: E731
        return SimpleNamespace(undo=self._undo, report=report, forget=nothing, settle=nothing, superseded=())

    def _undo(self) -> None:
        self.world.reach(f"undo {self.new}")
        self.world.code = self.old


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Releases 1.0.0 (running), 1.0.1, 1.0.2 and the new base 1.1.0, and no session yet."""
    world = World(tmp_path)

    def prepare(instructions: object, *, old: Path, new: Path, **_: object) -> FakePrepared:
        world.reach(f"prepare {new.name}")
        return FakePrepared(world, old, new)

    monkeypatch.setattr("upward_asgi.patch.prepare", prepare)

    @code_change(State)
    def change(old_vsn: Version, state: State, extra: object) -> State:
        world.reach(f"code_change {len(state.written)}")
        return State([*state.written, world.code])

    return world


@pytest.fixture
def make_engine(world: World) -> Callable[..., Engine]:
    """An engine of the world; keywords go to `Engine`."""

    def make(**kwargs: object) -> Engine:
        kwargs.setdefault("timeouts", Timeouts(settle_seconds=0, quiesce_seconds=0.05))
        return Engine(
            store=world.store,  # type: ignore[arg-type]
            imports=SimpleNamespace(presented=lambda root: root),  # type: ignore[arg-type]
            sessions=world.sessions,
            application=world.application,
            **kwargs,  # type: ignore[arg-type]
        )

    return make
