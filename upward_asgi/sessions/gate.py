"""A gate that all sessions of a process share: closing it is one write, however many they are."""

from __future__ import annotations

import anyio

__all__ = ["Gate"]


class Gate:
    """Lets work pass, until it is closed; then whoever comes to it waits until it is opened again."""

    __slots__ = ("_opened", "closed")

    def __init__(self) -> None:
        self.closed = False
        """True while nothing passes."""
        self._opened: anyio.Event | None = None

    def close(self) -> None:
        """From now on nothing passes."""
        self.closed = True

    def open(self) -> None:
        """Let everything pass, in the order in which it came."""
        self.closed = False
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.set()

    async def passed(self) -> None:
        """Return when the gate is open."""
        while self.closed:
            if self._opened is None:
                self._opened = anyio.Event()
            await self._opened.wait()
