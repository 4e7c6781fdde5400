"""One client: connects, sends numbered messages at its leisure, says goodbye, and perhaps comes again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from .ledger import Ledger

__all__ = ["HANDLERS", "MANNERS", "Client", "Manner"]

HANDLERS = ("plain", "restarted", "endpoint", "live")
"""The paths of the service, each another way of holding a connection."""
TIME_TO_CONNECT = 90.0
TIME_TO_PART = 90.0
"""Seconds for the last answers and broadcasts to come after the client has said goodbye."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a client behaves."""

    name: str
    deflate: bool = False
    fragments: int = 1
    """In how many frames it sends a message."""
    padding: int = 20
    """Characters that it adds to a message."""
    answer: int = 20
    """Characters that it wants to have added to an answer."""
    dawdles: float = 0.0
    """Seconds that it lets pass between two messages that it reads."""
    lives: tuple[float, float] | None = None
    """For how many seconds a connection lasts, at least and at most; None: to the end."""


MANNERS = (
    Manner("plain"),
    Manner("deflate", deflate=True, padding=400, answer=400),
    Manner("fragments", fragments=3, padding=3000),
    Manner("slow reader", answer=60_000, dawdles=0.4),
    Manner("comes and goes", deflate=True, lives=(2.0, 20.0)),
)


class Client:
    """A client of one handler, in one manner; `every` seconds, on average, it sends a message."""

    def __init__(
        self, url: str, manner: Manner, every: float, seed: int, over: Callable[[Ledger], None]
    ) -> None:
        self._url = url
        self._manner = manner
        self._every = every
        self._random = random.Random(seed)
        self._over = over
        self._stopping = asyncio.Event()
        self.connected = asyncio.Event()
        """Set when it has come as far as its first connection."""

    def stop(self) -> None:
        """Say goodbye, and come no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Connect again and again, or once, until stopped; each connection's ledger goes to `over`."""
        while not self._stopping.is_set():
            ledger = Ledger()
            try:
                await self._connection(ledger)
            except (ConnectionClosed, WebSocketException, OSError) as error:
                ledger.closed = f"{type(error).__name__}: {error}"
                await self._pause(1.0)  # a service that is gone is not to be stormed
            self._over(ledger)
            self.connected.set()

    async def _connection(self, ledger: Ledger) -> None:
        compression: Literal["deflate"] | None = "deflate" if self._manner.deflate else None
        async with connect(
            self._url,
            compression=compression,
            open_timeout=TIME_TO_CONNECT,
            ping_interval=None,  # a service that stands still is seen in the figures, not as a close
            max_queue=2,
        ) as connection:
            self.connected.set()
            reading = asyncio.ensure_future(self._read(connection, ledger))
            writing = asyncio.ensure_future(self._write(connection, ledger))
            try:
                await asyncio.wait({reading, writing}, return_when="FIRST_COMPLETED")
                if writing.done() and not writing.exception():
                    await asyncio.wait({reading}, timeout=TIME_TO_PART)
            finally:
                for task in (reading, writing):
                    task.cancel()
                ended = await asyncio.gather(reading, writing, return_exceptions=True)
            for error in ended:
                if isinstance(error, Exception):
                    raise error

    async def _read(self, connection: ClientConnection, ledger: Ledger) -> None:
        async for text in connection:
            ledger.took(str(text))
            if ledger.complete:
                return
            if self._manner.dawdles and not self._stopping.is_set():
                await self._pause(self._manner.dawdles)
        raise ConnectionError(f"closed by the service with {connection.close_code} {connection.close_reason}")

    async def _write(self, connection: ClientConnection, ledger: Ledger) -> None:
        """Send until the connection has lived long enough, then say goodbye."""
        loop, manner = asyncio.get_running_loop(), self._manner
        until = None if manner.lives is None else loop.time() + self._random.uniform(*manner.lives)
        while not self._stopping.is_set() and (until is None or loop.time() < until):
            if ledger.unanswered < 20:
                ledger.sent += 1
                text = f"{ledger.sent} {manner.answer} {'x' * manner.padding}"
                await connection.send(text if manner.fragments == 1 else _split(text, manner.fragments))
            await self._pause(self._random.uniform(0.5, 1.5) * self._every)
        await connection.send("bye")

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


def _split(text: str, parts: int) -> list[str]:
    size = -(-len(text) // parts)
    return [text[start : start + size] for start in range(0, len(text), size)]
