"""The clean interpreter of a check: boot the older release, connect the sessions, do what is asked.

Run as `python -m upward_asgi.testing.child`, with the job as JSON on standard input.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from ..errors import UpgradeFailed, UpwardError
from ..middleware import Upward
from ..sessions import staging
from ..store import Store
from ..upgrade import Operation, Timeouts
from .client import Client
from .recording import Recording
from .sameness import same, shown

__all__ = ["main"]

_Coroutine = Callable[..., Coroutine[Any, Any, None]]
_LIMITS = Timeouts(probation_seconds=0, settle_seconds=0.2)


@dataclass
class _Scene:
    """The booted release with its sessions connected."""

    upward: Upward
    clients: list[Client] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    operation: Operation | None = None

    def states(self) -> list[Any]:
        return [session.state for session in self.upward.sessions.open()]

    async def go(self, ask: Callable[[], Operation]) -> Operation:
        assert self.upward.engine is not None
        self.operation = await self.upward.engine.finished(ask().id, None)
        return self.operation

    async def up(self) -> None:
        assert self.upward.engine is not None
        _require(await self.go(self.upward.engine.upgrade))

    async def down(self) -> None:
        assert self.upward.engine is not None
        _require(await self.go(self.upward.engine.downgrade))


def main() -> None:
    """Do the job; the answer is a file, because the application may print what it likes."""
    job = json.loads(sys.stdin.read())
    folder = Path(job["folder"])
    try:
        answer = anyio.run(_do, job, folder)
    except UpwardError as error:
        answer = {"failed": {"expected": error.expected, "got": error.got, "do": error.do}}
    (folder / "answer.json").write_text(json.dumps(answer), "utf-8")
    sys.stdout.flush()
    os._exit(0)  # whatever the application has started must not hold the check


async def _do(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    store = Store.create(folder / "releases")
    for wheel in job["wheels"]:
        store.unpack(Path(wheel))
    scene = _Scene(Upward(job["app"], store=store.root, timeouts=_LIMITS))
    async with anyio.create_task_group() as tasks:
        started = anyio.Event()
        tasks.start_soon(_lifespan, scene.upward, started)
        await started.wait()
        await _connect(scene, job, tasks)
        await _CHECKS[job["check"]](scene, **job["arguments"])
        states = [shown(state) for state in scene.states()]
        tasks.cancel_scope.cancel()
    assert scene.operation is not None
    operation = json.loads(json.dumps(scene.operation.to_json(), default=str))
    found = {"sessions": len(scene.clients), "states": states, "answers": scene.answers}
    return found | {"operation": operation}


async def _lifespan(upward: Upward, started: anyio.Event) -> None:
    """Start the application as a server does, and never end it."""
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "lifespan.startup"}
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        if message["type"] == "lifespan.startup.failed":
            raise UpgradeFailed(
                expected="the old release to start",
                got=str(message.get("message")),
                do="give the tests what its start-up needs",
            )
        started.set()

    await upward({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)


async def _connect(scene: _Scene, job: dict[str, Any], tasks: Any) -> None:
    recorded = _recorded(job)
    for path, _ in recorded:
        client = Client(path, job["headers"])
        tasks.start_soon(client.connect, scene.upward)
        try:
            await client.accepted()
        except ConnectionRefusedError as refused:
            raise UpgradeFailed(
                expected=f"a connection to {path}",
                got=str(refused),
                do="check the path, and give the headers that the application asks for",
            ) from None
        scene.clients.append(client)
    if job["recording"] is not None:
        for session, (_, state) in zip(scene.upward.sessions.open(), recorded, strict=True):
            if state is not None:
                session.state = state


def _recorded(job: dict[str, Any]) -> list[tuple[str, Any]]:
    if job["recording"] is None:
        return [(path, None) for path in job["paths"]]
    return list(Recording.load(job["recording"]).sessions)


def _require(operation: Operation) -> None:
    if str(operation.state) == "succeeded":
        return
    error = operation.report["error"]
    assert isinstance(error, dict)
    raise UpgradeFailed(
        expected=f"{operation.from_} → {operation.to} to succeed",
        got=f"{operation.state}: {error['message']}",
        do=str(error["do"]),
    )


# The checks.


async def _up(scene: _Scene) -> None:
    await scene.up()


async def _down(scene: _Scene) -> None:
    await scene.up()
    await scene.down()


async def _round_trip(scene: _Scene) -> None:
    with _unchanged(
        scene, "after up and down", "mend code_change for the way down (old_vsn is a Down there)"
    ):
        await _down(scene)


async def _failing_at(scene: _Scene, number: int) -> None:
    do = "let code_change change nothing but the state that it is given"
    with _unchanged(scene, "after an upgrade that was undone", do):
        with _failure_at(number):
            assert scene.upward.engine is not None
            operation = await scene.go(scene.upward.engine.upgrade)
        if str(operation.state) != "rolled_back":
            raise UpgradeFailed(
                expected=f"a failure at session {number} of {len(scene.states())} to be undone",
                got=f"an operation that {operation.state}: {operation.report.get('error')}",
                do="check that as many sessions have a state",
            )


@contextmanager
def _unchanged(scene: _Scene, when: str, do: str) -> Iterator[None]:
    """Every session has the state that it had before; else says which not, and what to do."""
    before = [(shown(state), same(state)) for state in scene.states()]
    yield
    for number, ((text, equals), state) in enumerate(zip(before, scene.states(), strict=True), 1):
        if not equals(state):
            raise UpgradeFailed(
                expected=f"session {number} to be {when} what it was: {text}", got=shown(state), do=do
            )


@contextmanager
def _failure_at(number: int) -> Iterator[None]:
    """The `number`-th state raises in this process; in the rehearsal's copy of it none does."""
    real, here, left = staging.Staged._new_state, os.getpid(), number

    def new_state(self: staging.Staged, *args: Any) -> object:
        nonlocal left
        if os.getpid() == here:
            left -= 1
            if left == 0:
                raise RuntimeError(f"injected at session {number}")
        return real(self, *args)

    staging.Staged._new_state = new_state  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        staging.Staged._new_state = real  # type: ignore[method-assign]


async def _with_traffic(scene: _Scene, message: str, times: int) -> None:
    answers: list[list[str]] = [[] for _ in scene.clients]

    async def talk(client: Client, heard: list[str]) -> None:
        for _ in range(times):
            heard.append(await client.say(message))
            await anyio.lowlevel.checkpoint()

    await _all(talk, scene, answers)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(scene.up)
        for client, heard in zip(scene.clients, answers, strict=True):
            tasks.start_soon(talk, client, heard)
    await _all(talk, scene, answers)
    for number, (client, heard) in enumerate(zip(scene.clients, answers, strict=True), 1):
        if len(heard) != 3 * times or client.waiting:
            raise UpgradeFailed(
                expected=f"session {number} to answer {3 * times} messages",
                got=f"{len(heard) + client.waiting} answers",
                do="send a message that is answered by exactly one",
            )
    scene.answers += [text for heard in answers for text in heard]


async def _all(
    talk: Callable[..., Coroutine[Any, Any, None]], scene: _Scene, answers: list[list[str]]
) -> None:
    async with anyio.create_task_group() as tasks:
        for client, heard in zip(scene.clients, answers, strict=True):
            tasks.start_soon(talk, client, heard)


_CHECKS: dict[str, _Coroutine] = {
    "up": _up,
    "down": _down,
    "round_trip": _round_trip,
    "failing_at": _failing_at,
    "with_traffic": _with_traffic,
}

if __name__ == "__main__":
    main()
