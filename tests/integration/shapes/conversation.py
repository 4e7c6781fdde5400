"""A client that exchanges numbered messages all the while, and knows what it should have got."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import websockets

from .catalogue import Kind, Shape

__all__ = ["Conversation"]

WINDOW = 8
"""How many numbers may be unanswered."""
PACE = 0.005
"""Seconds between two numbers: time for everybody else."""
Answer = dict[str, Any]


class Conversation:
    """One client of one shape."""

    def __init__(self, shape: Shape, address: str, *, marked: bool) -> None:
        self.shape, self.marked = shape, marked
        family = f"{'marked' if marked else 'plain'}/{shape.family}"
        self.path = f"/{family}/{shape.route}"
        self._address = address
        self.answers: list[Answer] = []
        self.faults: list[str] = []
        """What was wrong with what came."""
        self.sent = 0
        self._stopping = False
        self._moved = anyio.Event()
        self._ended = anyio.Event()
        self._last_tick = 0

    @property
    def name(self) -> str:
        """The shape and whether it is marked, as the path shows it."""
        return self.path

    async def run(self) -> None:
        """Connect and talk until `stop`."""
        try:
            if self.shape.kind is Kind.EVENTS:
                await self._read_events()
            else:
                await self._talk()
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}"[:200])
        finally:
            self._ended.set()
            self._tell()

    async def fresh_answer(self) -> Answer:
        """What comes back for a number that has not been sent yet; `{}` when it is over."""
        if self.shape.kind is Kind.ANSWERS:
            wanted = self.sent
            return await self._answer(lambda: len(self.answers) > wanted)
        # What is on its way may be older.
        wanted = len(self.answers) + 30
        return await self._answer(lambda: len(self.answers) > wanted)

    async def stop(self) -> None:
        """Send no more, wait for what is still to be answered, and leave."""
        self._stopping = True
        self._tell()
        await self._ended.wait()

    async def _answer(self, there: Callable[[], bool]) -> Answer:
        await self._until(lambda: there() or self._ended.is_set())
        return self.answers[-1] if there() else {}

    async def _until(self, there: Callable[[], bool]) -> None:
        while not there():
            await self._moved.wait()

    async def _talk(self) -> None:
        options: dict[str, Any] = {"open_timeout": 20, "max_queue": 4}
        if self.shape.subprotocol:
            options["subprotocols"] = [self.shape.subprotocol]
        async with websockets.connect(f"ws://{self._address}{self.path}", **options) as socket:
            if socket.subprotocol != self.shape.subprotocol:
                self.faults.append(f"subprotocol {socket.subprotocol!r}")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._take_all, socket)
                if self.shape.kind is Kind.ANSWERS:
                    tasks.start_soon(self._send_numbers, socket)
                await self._until(lambda: self._is_over)
                tasks.cancel_scope.cancel()

    async def _take_all(self, socket: Any) -> None:
        while True:
            self._take(json.loads(await socket.recv()))

    async def _send_numbers(self, socket: Any) -> None:
        while not self._stopping:
            if self.sent - len(self.answers) < WINDOW:
                number, self.sent = self.sent, self.sent + 1
                await socket.send(str(number))
            await anyio.sleep(PACE)  # real time: a client's pace

    @property
    def _is_over(self) -> bool:
        if self.shape.kind is Kind.ANSWERS:
            return self._stopping and len(self.answers) >= self.sent
        return self._stopping

    async def _read_events(self) -> None:
        headers = {"Accept": "text/event-stream"}
        async with httpx.AsyncClient(timeout=60) as client:
            url = f"http://{self._address}{self.path}"
            async with client.stream("GET", url, headers=headers) as response, _lines_of(response) as lines:
                async for line in lines:
                    if line.startswith("data:"):
                        self._take(json.loads(line[5:]))
                    if self._is_over:
                        return
        self.faults.append("the stream ended")

    def _take(self, message: Answer) -> None:
        if "tick" in message:
            if message["tick"] < self._last_tick:
                self.faults.append(f"a tick of run {message['tick']} after one of run {self._last_tick}")
            self._last_tick = message["tick"]
            return
        n = len(self.answers)
        if message["n"] != n:
            self.faults.append(f"number {message['n']} where {n} was due")
        if self.shape.kind is not Kind.EVENTS and message["count"] != n + 1:
            self.faults.append(f"the state counted {message['count']} at number {n}")
        self.answers.append(message)
        self._tell()

    def _tell(self) -> None:
        moved, self._moved = self._moved, anyio.Event()
        moved.set()


@asynccontextmanager
async def _lines_of(response: httpx.Response) -> AsyncIterator[AsyncIterator[str]]:
    lines = response.aiter_lines()
    try:
        yield lines
    finally:
        await lines.aclose()  # type: ignore[attr-defined]
