"""What waits for a `LiveSession`, in the order of arrival."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, field

import anyio
from packaging.version import Version

__all__ = ["Frame", "Info", "Mailbox", "UpgradedNotice"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that the client sent, or its disconnect."""

    message: dict[str, object]


@dataclass(frozen=True, slots=True)
class Info:
    """A message posted from the server side."""

    message: object


@dataclass(slots=True, eq=False)
class UpgradedNotice:
    """The session was upgraded; `done` is set when the session has been told, or has ended."""

    old_vsn: Version
    done: anyio.Event = field(default_factory=anyio.Event)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """What the session does when it is told; cancelled when that takes too long."""
    error: BaseException | None = None
    """What it raised then."""


Item = Frame | Info | UpgradedNotice


class Mailbox:
    """A queue with one reader: posted messages without limit, frames one at a time."""

    __slots__ = ("_arrived", "_items", "_loop", "_taken", "_thread", "closed")

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._arrived = anyio.Event()
        self._taken = anyio.Event()
        self.closed = False

    def post(self, message: object) -> bool:
        """Add a message, from any thread; False when nobody will read it any more."""
        if self.closed:
            return False
        if threading.get_ident() == self._thread:
            self._put(Info(message))
            return True
        try:
            self._loop.call_soon_threadsafe(self._put, Info(message))
        except RuntimeError:
            # The loop is closed: the service has ended meanwhile.
            return False
        return True

    def notice(self, notice: UpgradedNotice) -> None:
        """Add a notice before everything that waits."""
        if self.closed:
            notice.done.set()
            return
        self._items.appendleft(notice)
        self._arrived.set()

    async def put_frame(self, message: dict[str, object]) -> None:
        """Add a frame, and return when it has been taken: no frame is read ahead of it."""
        self._taken = anyio.Event()
        self._put(Frame(message))
        await self._taken.wait()

    async def arrival(self) -> None:
        """Return when something waits."""
        while not self._items:
            self._arrived = anyio.Event()
            await self._arrived.wait()

    def take(self) -> Item:
        """The oldest thing that waits."""
        item = self._items.popleft()
        if isinstance(item, Frame):
            self._taken.set()
        return item

    def close(self) -> None:
        """Nothing is read any more."""
        self.closed = True
        for item in self._items:
            if isinstance(item, UpgradedNotice):
                item.done.set()
        self._items.clear()

    def _put(self, item: Item) -> None:
        self._items.append(item)
        self._arrived.set()
