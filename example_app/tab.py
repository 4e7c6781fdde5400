"""One open tab, played by a program: it claps in numbered messages and books what comes back."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import anyio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

__all__ = ["Tab"]


@dataclass
class Tab:
    """A WebSocket session that sends `clap` 1, 2, 3, … and expects each number back once, in order."""

    address: str
    sent: int = 0
    acknowledged: list[int] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)
    """The server's tick count, each time it changed."""
    releases: list[str] = field(default_factory=list)
    """The releases that pushed to this tab, in the order they came."""
    visitor: dict[str, Any] = field(default_factory=dict)
    """The session's state, as the last frame told it."""
    answers: list[float] = field(default_factory=list)
    """Seconds from a message to its answer, since they were last collected."""
    closed: bool = False
    """Whether the server's side closed the connection."""
    _sent_at: dict[int, float] = field(default_factory=dict)
    _news: anyio.Event = field(default_factory=anyio.Event)
    _ending: bool = False

    async def live(self, pace: float) -> None:
        """Connect, and clap every `pace` seconds until `finish` is called."""
        async with connect(self.address) as socket, anyio.create_task_group() as tasks:
            tasks.start_soon(self._read, socket)
            try:
                while not self._ending:
                    await self._clap(socket)
                    await anyio.sleep(pace)
                with anyio.move_on_after(10):
                    await self.until(lambda: len(set(self.acknowledged)) == self.sent)
            except ConnectionClosed:
                self.closed = True
            tasks.cancel_scope.cancel()

    def finish(self) -> None:
        """Send no more; the tab closes when every message is answered."""
        self._ending = True

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when `condition()` holds; looked at after every frame."""
        while not condition() and not self.closed:
            await self._news.wait()

    async def sees(self, release: str) -> None:
        """Return when the tab shows `release`."""
        await self.until(lambda: self.releases[-1:] == [release])

    @property
    def lost(self) -> int:
        """Messages without an answer, and ticks that never came."""
        skipped = sum(later - earlier - 1 for earlier, later in pairwise(self.ticks) if later > earlier)
        return self.sent - len(set(self.acknowledged)) + skipped

    @property
    def doubled(self) -> int:
        """Messages answered, counted or ticked more than once."""
        again = sum(times - 1 for times in Counter(self.acknowledged).values())
        return again + max(0, int(self.visitor["claps"]) - self.sent)

    @property
    def reordered(self) -> int:
        """Answers and ticks that came before an earlier one."""
        return sum(a > b for a, b in (*pairwise(self.acknowledged), *pairwise(self.ticks)))

    async def _clap(self, socket: ClientConnection) -> None:
        self.sent += 1
        self._sent_at[self.sent] = time.perf_counter()
        await socket.send(json.dumps({"event": "clap", "n": self.sent}))

    async def _read(self, socket: ClientConnection) -> None:
        async for frame in socket:
            self._book(json.loads(frame))
        self.closed = True
        self._news.set()

    def _book(self, frame: dict[str, Any]) -> None:
        if number := frame.get("ack"):
            self.acknowledged.append(number)
            self.answers.append(time.perf_counter() - self._sent_at[number])
        self.visitor = frame["visitor"]
        if self.ticks[-1:] != [self.visitor["ticks"]]:
            self.ticks.append(self.visitor["ticks"])
        if self.releases[-1:] != [frame["release"]]:
            self.releases.append(frame["release"])
        self._news.set()
        self._news = anyio.Event()
