"""One bad release: unpacked and tried beside live sessions, then the good one after it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
from base import BASE, GOOD, NAME, STARLETTE, Bad
from packaging.version import Version

from tests.asking import AskingClient
from tests.forked import in_child
from tests.wheels import write_wheel
from upward_asgi.errors import UpwardError
from upward_asgi.middleware import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, Timeouts

__all__ = ["Ground", "Verdict"]

_SESSIONS = 3
_LIMIT = 45.0
"""Seconds until a trial counts as hung."""
_MEMORY = 256 << 20
"""Bytes that the copy may allocate."""


@dataclass
class Verdict:
    """What became of a bad release."""

    ended: str = ""
    """`not unpacked`, or the state of the operation."""
    phase: str = ""
    """The last state that was reached before the end."""
    code: str = ""
    said: str = ""
    """The reason, in the words of the error."""
    wrong: list[str] = field(default_factory=list)
    """What was not as it must be."""


class Ground:
    """A warmed process with a base that runs, and the good release that comes after the bad one."""

    def __init__(self, folder: Path, *, web: bool) -> None:
        self.folder = folder
        self.root = folder / "releases"
        files = STARLETTE if web else BASE
        Store.create(self.root).unpack(write_wheel(folder, NAME, "1.0.0", files))
        self._good = write_wheel(folder, NAME, "1.0.2", GOOD(files))
        self._template = folder / "template"
        shutil.copytree(self.root, self._template, symlinks=True)
        self._upward = Upward(
            f"{NAME}.app:app", store=self.root, timeouts=_limits({}), rehearsal_memory=_MEMORY
        )
        asyncio.run(self._warm())
        self._put_back()

    async def _warm(self) -> None:
        """The good release, up and down: its fresh starts are known from now on."""
        async with self._upward.engine.run():  # type: ignore[union-attr]
            self._store.unpack(self._good)
            for go in (self._engine.upgrade, self._engine.downgrade):
                done = await self._engine.finished(go().id, 60)
                assert done.state == "succeeded", done.report

    @property
    def _engine(self) -> Any:
        return self._upward.engine

    @property
    def _store(self) -> Store:
        assert self._upward.store is not None
        return self._upward.store

    def close(self) -> None:
        """Forget the application; another ground may have one of the same name."""
        self._upward.target.imports.uninstall()  # type: ignore[union-attr]
        for module in [m for m in sys.modules if m.partition(".")[0] == NAME]:
            del sys.modules[module]

    def _put_back(self) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(self._template, self.root, symlinks=True)
        self._store.boot()

    def attempt(self, bad: Bad) -> Verdict:
        """What becomes of it, in a process of its own."""
        self._put_back()
        place = self.folder / "wheel"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        wheel = bad.make(place)
        found = in_child(
            lambda: asyncio.run(self._attempt(bad, wheel)), self.folder, limit=_LIMIT, quiet=True
        )
        return found or Verdict(wrong=["the process died, or hung"])

    async def _attempt(self, bad: Bad, wheel: Path) -> Verdict:
        verdict, engine = Verdict(), self._engine
        served = sys.modules[f"{NAME}.app"]
        if hasattr(served, "HERE"):
            served.HERE = os.getpid()  # this is the live process now
        engine._service = replace(engine._service, timeouts=_limits(bad.limits))
        async with anyio.create_task_group() as tasks, engine.run():
            clients = [AskingClient("/ws") for _ in range(_SESSIONS)]
            for client in clients:
                tasks.start_soon(client.connect, self._upward)
                await client.accepted()
            await self._hear(clients, "hello", verdict)
            await self._try(bad, wheel, clients, verdict)
            await self._mend(clients, verdict)
            tasks.cancel_scope.cancel()
        return verdict

    async def _try(self, bad: Bad, wheel: Path, clients: list[AskingClient], verdict: Verdict) -> None:
        before = _states(self._upward)
        try:
            release = self._store.unpack(wheel)
            operation = await self._operate(bad, release.version)
        except UpwardError as error:
            verdict.ended = "refused" if wheel.name.startswith(NAME) and self._has(wheel) else "not unpacked"
            verdict.code, verdict.said = error.code, str(error)
            operation = None
        if operation is not None:
            _note(operation, verdict)
        if verdict.ended == "succeeded":
            return
        if _states(self._upward) != before and not bad.down:
            verdict.wrong.append(f"states were {before}, are {_states(self._upward)}")
        await self._hear(clients, "hello", verdict)

    def _has(self, wheel: Path) -> bool:
        return any(str(r.version) in wheel.name and str(r.version) != "1.0.0" for r in self._store.releases())

    async def _operate(self, bad: Bad, version: Version) -> Operation:
        engine = self._engine
        operation: Operation = await engine.finished(engine.upgrade(version).id, None)
        if bad.down:
            assert operation.state == "succeeded", operation.report
            operation = await engine.finished(engine.downgrade().id, None)
        return operation

    async def _mend(self, clients: list[AskingClient], verdict: Verdict) -> None:
        """The next good release works, for the same sessions."""
        self._store.unpack(self._good)
        operation = await self._engine.finished(self._engine.upgrade(Version("1.0.2")).id, None)
        if operation.state != "succeeded":
            verdict.wrong.append(f"the good release after it: {operation.report.get('error')}")
            return
        await self._hear(clients, "good-day", verdict)

    async def _hear(self, clients: Iterable[AskingClient], word: str, verdict: Verdict) -> None:
        for client in clients:
            try:
                said, *_ = await client.ask()
            except Exception as error:
                verdict.wrong.append(f"no answer: {type(error).__name__}: {error}")
                continue
            if said != word:
                verdict.wrong.append(f"answered {said}, not {word}")


def _note(operation: Operation, verdict: Verdict) -> None:
    error = operation.report.get("error")
    verdict.ended = str(operation.state)
    phases = [str(phase.phase) for phase in operation.phases]
    verdict.phase = phases[-2] if len(phases) > 1 else "requested"
    if isinstance(error, dict):
        verdict.code, verdict.said = str(error["code"]), str(error["message"])
    else:
        verdict.said = "; ".join(map(str, operation.report["warnings"]))  # type: ignore[call-overload]


def _states(upward: Upward) -> list[tuple[str, str, str]]:
    return [(s.id, str(s.release), repr(s.state)) for s in upward.sessions.open()]


def _limits(changes: Any) -> Timeouts:
    standard = {
        "settle_seconds": 0.0,
        "probation_seconds": 0.0,
        "import_seconds": 30.0,
        "rehearsal_seconds": 30.0,
    }
    return Timeouts(**{**standard, **changes})
