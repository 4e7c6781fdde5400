"""A service with 200 live sessions, all in this process: the real middleware, engine and store, no sockets.

`Service.prints()` is everything that an undone upgrade must leave exactly as it was: the modules as the
equality proof describes them, every session's state, stamp and way, the register and the link of the store.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from tests.asking import AskingClient
from tests.faults.releases import NAME, NEW, OLD
from tests.wheels import write_wheel
from upward_asgi.middleware import Upward
from upward_asgi.patch.describe import describe
from upward_asgi.store import Store
from upward_asgi.upgrade import Engine, Operation, Timeouts

__all__ = ["NEW_ANSWERS", "OLD_ANSWERS", "SESSIONS", "TIMEOUTS", "Clock", "Service", "make_store"]

SESSIONS = {"/live": 140, "/plain": 20, "/restarted": 20, "/drained": 20}
TIMEOUTS = {"settle_seconds": 0.0, "probation_seconds": 0.0, "slice_seconds": 0.0}
"""Slices end at every look at the clock, so that the same awaits come in every run."""


def make_store(root: Path) -> Store:
    """A store with both releases, the old one permanent."""
    store = Store.create(root)
    for version, files in (("1.0.0", OLD), ("1.0.1", NEW)):
        store.unpack(write_wheel(root.parent, NAME, version, files))
    return store


class Clock:
    """The engine's clock goes with the event loop's, so that a fault can let hours pass."""

    def now(self) -> float:
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:  # an operation ends, is shown, after its loop
            return 0.0

    async def pause(self, seconds: float) -> None:
        await anyio.sleep(seconds)  # real time: a handler that takes its time


class Service:
    """The application under the middleware, with its clients."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.store = Store.open(root)
        options = {"timeouts": Timeouts(**TIMEOUTS), "clock": Clock(), **options}
        self.upward = Upward(f"{NAME}.app:app", store=root, **options)
        assert self.upward.engine is not None
        self.engine: Engine = self.upward.engine
        self.clients: list[AskingClient] = []

    async def connect(self, tasks: TaskGroup) -> None:
        """Connect all clients; their handlers run in `tasks`."""
        self.clients = [AskingClient(path) for path, many in SESSIONS.items() for _ in range(many)]
        for client in self.clients:
            tasks.start_soon(client.connect, self.upward)
        for client in self.clients:
            await client.accepted()

    async def answers(self) -> Counter[tuple[str, str, str]]:
        """Every client asks once; who answered in which words, and how many. Raises what goes wrong."""
        found = await asyncio.gather(*(client.ask() for client in self.clients))
        return Counter(
            (client.path, word, own) for client, (word, _, own) in zip(self.clients, found, strict=True)
        )

    async def finished(self, operation: Operation) -> Operation:
        """The operation, ended; the clock may have been moved on by hours."""
        return await self.engine.finished(operation.id, None)

    def prints(self) -> dict[str, object]:
        """Everything that an undone upgrade leaves as it was."""
        modules = {n: m for n, m in sys.modules.items() if n.partition(".")[0] == NAME}
        sessions = self.upward.sessions
        current = self.store.current()
        return {
            **describe(modules, roots={}),
            "modules": sorted(modules),
            "imports from": str(self.upward.target.imports.active),
            "app": id(self.upward.target.app),
            "sessions": [
                (s.id, str(s.release), str(s.way), s.path, repr(s.state), id(s.state))
                for s in sessions.open()
            ],
            "release": str(sessions.release),
            "current": str(current and current.version),
            "link": str((self.store.root / "current").readlink()),
        }


OLD_ANSWERS = Counter(
    {
        ("/live", "old", "-"): 140,
        ("/plain", "old", "-"): 20,
        ("/restarted", "old", "first"): 20,
        ("/drained", "old", "first"): 20,
    }
)
NEW_ANSWERS = Counter(
    {
        ("/live", "newer", "none"): 140,
        ("/plain", "newer", "-"): 20,
        ("/restarted", "newer", "second"): 20,
        ("/drained", "newer", "first"): 20,
    }
)
