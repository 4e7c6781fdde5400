"""One attempt: an upgrade of 200 live sessions with one fault in it, and what became of them.

Each attempt runs in a forked copy of a process that has been through the upgrade once, so that none learns
anything of another and the clean interpreters have been asked already.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio

from tests.faults.points import Fault, Kind, Point
from tests.faults.recorder import Recorder
from tests.faults.service import NEW_ANSWERS, OLD_ANSWERS, TIMEOUTS, Service
from tests.forked import in_child
from upward_asgi.store import Store
from upward_asgi.upgrade import Timeouts

__all__ = ["TRIES", "Outcome", "World", "until_reached"]

TRIES = 3
"""How many upgrades may do without the point before it counts as not reached."""

_HANG_SECONDS = 1.0
"""How long a turn of the loop may take where a hang is injected."""
_LIMIT = 150.0
"""Seconds until an attempt counts as hung."""


@dataclass
class Outcome:
    """What became of the sessions."""

    wholly: str = ""
    """`old`, `new`, or `killed`: then what the next boot starts is `old` or `new` after that word."""
    state: str = ""
    """How the operation ended, in its own words."""
    said: str = ""
    """The report's error and its next step."""
    wrong: list[str] = field(default_factory=list)
    """Everything that is not as it must be."""
    reached: bool = True
    """False when the upgrade did not come to the point, so that the fault did not happen."""


def until_reached(attempt: Callable[[], Outcome]) -> Outcome:
    """The first outcome of an attempt that reached its point, or went wrong; else the last of `TRIES`."""
    for _ in range(TRIES):
        outcome = attempt()
        if outcome.reached or outcome.wrong:
            break
    return outcome


class World:
    """A warmed process, and a store that is put back before every attempt."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._template = root.with_name("template")
        shutil.copytree(root, self._template, symlinks=True)
        self.service = Service(root)
        self.new_prints: dict[str, object] = {}
        asyncio.run(self._warm())
        self._put_back()

    async def _warm(self) -> None:
        """Up, down: what is kept per process is there now, and what new code looks like is known."""
        service = self.service
        async with service.engine.run(), anyio.create_task_group() as tasks:
            await service.connect(tasks)
            for go in (service.engine.upgrade, service.engine.downgrade):
                done = await service.finished(go())
                assert str(done.state) == "succeeded", done.report
                self.new_prints = self.new_prints or service.prints()
            tasks.cancel_scope.cancel()

    def _put_back(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self._template, self.root, symlinks=True)
        Store.open(self.root).boot()

    def record(self, *, lines: bool) -> list[Point]:
        """The points of an upgrade without a fault."""
        recorder = Recorder(lines=lines)
        outcome, points = self._in_child(lambda: asyncio.run(self._attempt(recorder)))
        assert outcome.wholly == "new" and not outcome.wrong, outcome
        return points

    def attempt(self, point: Point, fault: Fault) -> Outcome:
        """The upgrade with the fault at the point, and the one after it; made again until it is reached."""
        return until_reached(lambda: self._once(point, fault))

    def _once(self, point: Point, fault: Fault) -> Outcome:
        recorder = Recorder(point, fault)
        answer = self._in_child(lambda: asyncio.run(self._attempt(recorder)))
        if fault is not Fault.KILL:
            return answer[0] if answer else Outcome(wrong=["the process died, or hung"])
        if answer is not None:
            return answer[0]
        booted = self._in_child(lambda: asyncio.run(self._after_kill()), keep=True)
        return booted[0] if booted else Outcome(wrong=["the boot after the kill failed"])

    async def _attempt(self, recorder: Recorder) -> tuple[Outcome, list[Point]]:
        outcome, service = Outcome(), self.service
        self._shorten(recorder)
        if recorder.kind in (None, Kind.AWAIT):  # those of the import in a clean interpreter too
            service.engine._service.imported.clear()
        async with anyio.create_task_group() as tasks:
            await service.connect(tasks)
            assert await service.answers() == OLD_ANSWERS
            before = service.prints()
            with recorder.installed():
                operation = await self._operate(recorder)
            outcome.state = str(operation.state)
            outcome.reached = recorder.fault is None or recorder.reached
            error = operation.report.get("error", {})
            assert isinstance(error, dict)
            outcome.said = f"{error.get('message', '')} | {operation.report.get('next', '')}"
            await self._judge(before, outcome, recorder)
            await self._next_upgrade(outcome)
            tasks.cancel_scope.cancel()
        return outcome, recorder.points

    def _shorten(self, recorder: Recorder) -> None:
        """A hang in the middle of a turn is a hang in real time: let it be short."""
        if recorder.fault is Fault.HANG and not (recorder.kind and recorder.kind.suspends):
            limits = Timeouts(**TIMEOUTS, commit_seconds=_HANG_SECONDS)
            self.service.engine._service = _replaced(self.service.engine._service, limits)

    async def _operate(self, recorder: Recorder) -> Any:
        """Ask for the upgrade; for a cancellation, end the engine as the server's shutdown does."""
        engine = self.service.engine
        async with engine.run():
            operation = engine.upgrade()
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(_end_with, waiting, operation.done)
                waiting.start_soon(_end_with, waiting, recorder.cancelled.wait)
        return operation

    async def _judge(self, before: dict[str, object], outcome: Outcome, recorder: Recorder) -> None:
        service = self.service
        after = service.prints()
        old = _differences(before, after)
        new = _differences(self.new_prints, after, but=("sessions", "app"))
        if not old:
            outcome.wholly = "old"
        elif not new and _all_new(service):
            outcome.wholly = "new"
        else:
            outcome.wrong.append(f"neither: to old {old[:4]}; to new {new[:4]}")
            return
        expected = NEW_ANSWERS if outcome.wholly == "new" else OLD_ANSWERS
        try:
            answers = await service.answers()
            if answers != expected:
                outcome.wrong.append(f"answered {dict(answers)}")
        except BaseException as error:
            outcome.wrong.append(f"a session did not answer: {type(error).__name__}: {error}")
        said_new = outcome.state == "succeeded"
        if recorder.fault is not None and said_new is not (outcome.wholly == "new"):
            outcome.wrong.append(f"the operation says {outcome.state}")

    async def _next_upgrade(self, outcome: Outcome) -> None:
        """Without a fault now: up, or, from the new release, down and up."""
        service = self.service
        service.engine._service = _replaced(service.engine._service, Timeouts(**TIMEOUTS))
        async with service.engine.run():
            if outcome.wholly == "new":
                await self._must(service.engine.downgrade, OLD_ANSWERS, outcome)
            if service.store.release("1.0.1").failed is not None:
                service.store.clear_failed("1.0.1")
            await self._must(service.engine.upgrade, NEW_ANSWERS, outcome)

    async def _must(self, go: Callable[[], Any], expected: Any, outcome: Outcome) -> None:
        try:
            operation = await self.service.finished(go())
            answers = await self.service.answers()
        except Exception as error:
            outcome.wrong.append(f"the next operation: {type(error).__name__}: {error}")
            return
        if str(operation.state) != "succeeded" or answers != expected:
            outcome.wrong.append(f"the next operation {operation.state}: {operation.report.get('error')}")

    async def _after_kill(self) -> tuple[Outcome, list[Point]]:
        """What a new process finds: a store in order, the permanent release, and an upgrade that works."""
        store = Store.open(self.root)
        for release in store.releases():
            store.verify(release.version)
        booted = str(store.boot().version)
        outcome = Outcome(wholly="old" if booted == "1.0.0" else "new", state="killed")
        service = self.service
        async with anyio.create_task_group() as tasks:
            await service.connect(tasks)
            await self._next_upgrade(outcome)
            tasks.cancel_scope.cancel()
        return outcome, []

    def _in_child(
        self, work: Callable[[], tuple[Outcome, list[Point]]], *, keep: bool = False
    ) -> tuple[Outcome, list[Point]] | None:
        """What `work` returns in a forked copy of this process; None when it died or was too slow."""
        if not keep:
            self._put_back()
        return in_child(work, self.root.parent, limit=_LIMIT)


def _differences(before: dict[str, object], after: dict[str, object], but: tuple[str, ...] = ()) -> list[str]:
    def shown(prints: dict[str, object], key: str) -> object:
        found = prints.get(key)
        # Python 3.11 makes an empty dict when it is asked for annotations that are not there.
        return None if "__annotations__" in key and found in ("dict of 0", "") else found

    keys = sorted({*before, *after} - set(but))
    return [
        f"{key}: {str(shown(before, key))[:200]} / {str(shown(after, key))[:200]}"
        for key in keys
        if shown(before, key) != shown(after, key)
    ]


def _all_new(service: Service) -> bool:
    states = service.upward.sessions.open()
    stamps = {str(s.release) for s in states if str(s.way) != "drain"}
    labels = {getattr(s.state, "label", "missing") for s in states if s.path == "/live"}
    return stamps == {"1.0.1"} and labels == {"none"}


async def _end_with(tasks: Any, wait: Callable[[], Any]) -> None:
    await wait()
    tasks.cancel_scope.cancel()


def _replaced(service: Any, timeouts: Timeouts) -> Any:
    from dataclasses import replace

    return replace(service, timeouts=timeouts)
