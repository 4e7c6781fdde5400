"""Every shape on one server stack, through upgrades, a release that crashes, and the way back."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import anyio
from packaging.version import Version

from tests.imports import imports_restored
from upward_asgi import Upward
from upward_asgi.sessions import ladder
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, ProofPolicy

from .catalogue import SHAPES, Shape
from .conversation import Answer, Conversation
from .releases import CRASHES, FIRST, HANDLERS, HELPER, write_wheels
from .servers import STACKS, UVLOOP

__all__ = ["BACK_TO_FIRST", "BACK_TO_HELPER", "Cell", "Outcome", "Phase", "outcome_of"]

BACK_TO_HELPER, BACK_TO_FIRST = f"back to {HELPER}", f"back to {FIRST}"
_NUMBERS = itertools.count()
TIME_LIMIT = 240.0
"""Seconds for one stack, on a machine that has much else to do."""


@dataclass
class Phase:
    """What one conversation showed right after one operation."""

    way: str
    answer: Answer


@dataclass
class Cell:
    """One shape, marked or not, on one stack."""

    shape: Shape
    marked: bool
    phases: dict[str, Phase] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    messages: int = 0


@dataclass
class Outcome:
    """All cells of one stack, and how the operations ended."""

    operations: list[Operation] = field(default_factory=list)
    cells: dict[tuple[str, bool], Cell] = field(default_factory=dict)


@cache
def outcome_of(stack: str) -> Outcome:
    """Run the matrix on one stack; once in a process."""
    with tempfile.TemporaryDirectory() as folder, _short_ladder():
        options = {"use_uvloop": stack.endswith(UVLOOP)}
        return anyio.run(_run, stack, Path(folder), backend_options=options)


@contextmanager
def _short_ladder() -> Iterator[None]:
    before = ladder.STEP_SECONDS
    ladder.STEP_SECONDS = 0.5
    try:
        yield
    finally:
        ladder.STEP_SECONDS = before


async def _run(stack: str, folder: Path) -> Outcome:
    package = f"shapes{next(_NUMBERS)}"
    store = Store.create(folder / "releases")
    for wheel in write_wheels(folder, package):
        store.unpack(wheel)
    with imports_restored(package), anyio.fail_after(TIME_LIMIT):
        upward = Upward(f"{package}.app:app", store=store.root, proof=ProofPolicy.REFUSE)
        async with STACKS[stack](upward) as address, anyio.create_task_group() as tasks:
            return await _Run(upward, address, tasks).go_through()


class _Run:
    def __init__(self, upward: Upward, address: str, tasks: Any) -> None:
        assert upward.engine is not None
        self._upward, self._engine = upward, upward.engine
        self._outcome = Outcome()
        self._talks: list[Conversation] = []
        for shape in SHAPES:
            for marked in (True, False) if shape.restarts else (False,):
                self._talks.append(Conversation(shape, address, marked=marked))
        self._tasks = tasks

    async def go_through(self) -> Outcome:
        for talk in self._talks:
            self._outcome.cells[talk.shape.name, talk.marked] = Cell(talk.shape, talk.marked)
            self._tasks.start_soon(talk.run)
        await self._look(FIRST)
        await self._to(HELPER)
        await self._to(HANDLERS)
        await self._to(CRASHES)
        await self._to(HELPER, BACK_TO_HELPER)
        await self._to(FIRST, BACK_TO_FIRST)
        async with anyio.create_task_group() as tasks:
            for talk in self._talks:
                tasks.start_soon(talk.stop)
        for talk in self._talks:
            cell = self._outcome.cells[talk.shape.name, talk.marked]
            cell.faults, cell.messages = talk.faults, len(talk.answers)
        return self._outcome

    async def _to(self, version: str, phase: str = "") -> None:
        operation = self._engine.install(Version(version))
        await self._engine.finished(operation.id, TIME_LIMIT)
        self._outcome.operations.append(operation)
        await self._look(phase or version)

    async def _look(self, phase: str) -> None:
        """What every conversation shows now."""

        async def one(talk: Conversation) -> None:
            answer = await talk.fresh_answer()
            path = talk.path.partition("?")[0]
            ways = [str(s.way) for s in self._upward.sessions.open() if s.path == path]
            self._outcome.cells[talk.shape.name, talk.marked].phases[phase] = Phase(" ".join(ways), answer)

        async with anyio.create_task_group() as tasks:
            for talk in self._talks:
                tasks.start_soon(one, talk)
