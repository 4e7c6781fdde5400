"""One upgrade after another on a service with many sessions, each measured from inside and outside."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from upward_asgi import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, OperationState

from .connections import Connection, connect_many
from .heartbeat import Gap, Heartbeat
from .releases import PACKAGE, write_wheels
from .yardstick import yardstick_ms

__all__ = ["Measured", "Run", "alive", "measure"]

_PATIENCE = 300.0
_FIRST, _SECOND = Version("1.0.0"), Version("1.0.1")


@dataclass(frozen=True, slots=True)
class Measured:
    """One upgrade; milliseconds throughout."""

    pause: float
    """From the moment when the first session's message may have to wait, to that when none has to."""
    pause_cpu: float
    """What of it the loop's thread computed; the rest went to other threads and processes."""
    block_in_pause: float
    """The longest time within the pause in which the event loop ran nothing else."""
    block: float
    """The same of the whole operation, from request to result, but for the forks."""
    block_cpu: float
    """What of it the loop's own thread computed."""
    block_phase: str
    """The phase it fell into."""
    fork: float
    """How long the longer of the two forks held the loop."""
    predicted: float
    """The pause that the rehearsal predicted."""
    whole: float
    """The whole operation."""
    yardstick: float
    """The fixed loop, right before."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured of one number of sessions."""

    sessions: int
    state: str
    objects: int
    """Objects that the garbage collector sees."""
    megabytes: int
    upgrades: tuple[Measured, ...]
    downgrades: tuple[Measured, ...]

    def to_json(self) -> dict[str, object]:
        return asdict(self)


async def measure(folder: Path, *, sessions: int, state: str, upgrades: int) -> Run:
    """Upgrade and downgrade `upgrades` times with `sessions` open sessions whose state is a `state`."""
    store = Store.create(folder / "releases")  # also makes the folder
    for wheel in write_wheels(folder, state):
        store.unpack(wheel)
    sys.path_importer_cache.clear()
    upward = Upward(f"{PACKAGE}.app:app", store=store.root)
    async with alive(upward):
        connections = await connect_many(upward, sessions)
        gc.collect()
        ups, downs = [], []
        for _ in range(upgrades):
            ups.append(await _one(upward, connections, up=True))
            downs.append(await _one(upward, connections, up=False))
        objects = len(gc.get_objects())
        for connection in connections:
            connection.close()
        await asyncio.gather(*(c.task for c in connections if c.task is not None))
    _forget()
    return Run(sessions, state, objects, _megabytes(), tuple(ups), tuple(downs))


async def _one(upward: Upward, connections: list[Connection], *, up: bool) -> Measured:
    engine = upward.engine
    assert engine is not None
    yardstick = yardstick_ms()
    heartbeat = Heartbeat()
    with heartbeat.running():
        began = time.monotonic()
        operation = engine.upgrade(_SECOND) if up else engine.downgrade()
        await engine.finished(operation.id, _PATIENCE)
        ended = time.monotonic()
        await asyncio.sleep(0.01)  # the beat that is late because of the last step
    if operation.state is not OperationState.SUCCEEDED:
        raise RuntimeError(f"expected the operation to succeed, got {operation.state}: {operation.report}")
    await _require_new_code(connections, up=up)
    return _measured(operation, heartbeat, began, ended, yardstick)


async def _require_new_code(connections: list[Connection], *, up: bool) -> None:
    """A measurement of something that did not happen is worth nothing: ask a few sessions."""
    for connection in (connections[0], connections[len(connections) // 2], connections[-1]):
        answer = await connection.ask("again")
        if answer.endswith("rose") is not up:
            raise RuntimeError(f"expected {'the new' if up else 'the old'} release to answer, got {answer!r}")


def _measured(
    operation: Operation, heartbeat: Heartbeat, began: float, ended: float, yardstick: float
) -> Measured:
    report: Any = operation.report
    rehearsal: Any = report["rehearsal"]
    phases = [(began + p.at, began + p.at + p.seconds, p.phase.value) for p in operation.phases]
    pause_ended = phases[-1][1]
    pause_began = pause_ended - report["pause_ms"] / 1000
    fork = rehearsal["fork_ms"] / 1000
    gaps = [g for g in heartbeat.gaps if g.began < ended]
    later = report["leftovers"].get("fork_ms", 0.0) / 1000

    def without_forks(gap: Gap) -> float:
        if _is_fork(gap.began, phases, gap.seconds, fork):
            return gap.seconds - fork
        is_later = gap.began >= pause_ended and gap.seconds >= later
        return gap.seconds - later if is_later else gap.seconds

    worst = max(gaps, key=without_forks)
    seconds = without_forks(worst)
    phase = next((name for start, end, name in phases if start <= worst.began < end), "afterwards")
    return Measured(
        pause=report["pause_ms"],
        pause_cpu=report["pause_cpu_ms"],
        block_in_pause=heartbeat.longest(pause_began, pause_ended).seconds * 1000,
        block=seconds * 1000,
        block_cpu=worst.cpu_seconds * 1000,
        block_phase=phase,
        fork=max(rehearsal["fork_ms"], later * 1000),
        predicted=rehearsal["predicted_pause_ms"],
        whole=(ended - began) * 1000,
        yardstick=yardstick,
    )


def _is_fork(began: float, phases: list[tuple[float, float, str]], seconds: float, fork: float) -> bool:
    """True for the gap in which the process was forked."""
    inside = any(name == "rehearsed" and start <= began < end for start, end, name in phases)
    return inside and seconds >= fork


@asynccontextmanager
async def alive(upward: Upward) -> AsyncIterator[None]:
    """The lifespan of the service."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[Any] = asyncio.Queue()
    await inbox.put({"type": "lifespan.startup"})
    task = asyncio.ensure_future(upward({"type": "lifespan", "state": {}}, inbox.get, outbox.put))
    started = await outbox.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await task


def _forget() -> None:
    """Let the next run import the service of its own store."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
