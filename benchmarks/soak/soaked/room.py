"""Who hears the broadcasts: a module-level instance, as services have them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from upward_asgi.sessions.handle import Handle


class Outbox:
    """One member's broadcasts, sent in order by a task of its own, so that a slow one holds nobody up."""

    def __init__(self, member: Handle) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._task = asyncio.create_task(self._send(member))

    def put(self, text: str) -> None:
        """Send `text` after what waits."""
        self._waiting.put_nowait(text)

    async def _send(self, member: Handle) -> None:
        with suppress(OSError):  # the client is gone: its handler ends by itself
            while True:
                text = await self._waiting.get()
                await member.send_text(text)
                if text.startswith("bye"):
                    return

    def end(self) -> None:
        """The connection is over."""
        self._task.cancel()


class Room:
    """All members, and how many broadcasts there were."""

    def __init__(self) -> None:
        self._outboxes: dict[Handle, Outbox] = {}
        self._number = 0

    def join(self, member: Handle) -> None:
        """Send every broadcast from now on to this member; it is told the number of the first."""
        self._outboxes[member] = Outbox(member)
        self._outboxes[member].put(f"hello {self._number + 1}")

    def say_goodbye(self, member: Handle) -> None:
        """The client asked for it: no broadcast any more; it is told the number of the last."""
        self._outboxes.pop(member).put(f"bye {self._number}")

    def leave(self, member: Handle) -> None:
        """The connection is over."""
        outbox = self._outboxes.pop(member, None)
        if outbox is not None:
            outbox.end()

    def cast(self) -> None:
        """One more broadcast to everybody."""
        self._number += len("r0"[:1])
        HISTORY.append(self._number)
        del HISTORY[:-50]
        for outbox in self._outboxes.values():
            outbox.put(f"cast {self._number} r0")


ROOM = Room()
HISTORY = []
