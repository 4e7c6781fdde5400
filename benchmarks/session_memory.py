"""What the middleware adds to the memory of an idle session.

Connections are opened against a bare echo, and against the same echo in the middleware; each then waits for
a message that never comes. What belongs to the server (sockets, buffers, the scope) is the same in both,
so the difference is the middleware's. Two measures: `tracemalloc`, which counts every block that Python asked
for, and the resident memory of a fresh process, which adds what the allocator needs.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from upward_asgi import Upward

from .applications import App, Message, echo

__all__ = ["BAR", "Result", "main", "measure"]

BAR = 2000
"""Bytes that an idle session may have more, at most, by either measure."""
_APPS: dict[str, Callable[[], App]] = {"with": lambda: Upward(echo), "without": lambda: echo}
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Result:
    """Bytes that the middleware adds to an idle session."""

    traced: float
    """By `tracemalloc`."""
    resident: float
    """By the resident memory of fresh processes; median."""
    sessions: int
    bar: int = BAR

    @property
    def holds(self) -> bool:
        """True when both are below the bar."""
        return max(self.traced, self.resident) < self.bar

    def __str__(self) -> str:
        held = "held" if self.holds else "FAILED"
        return (
            f"added memory for an idle session: {self.traced:.0f} bytes traced, "
            f"{self.resident:.0f} bytes resident ({self.sessions} sessions), bar {self.bar}: {held}"
        )


async def _opened(app: App, count: int) -> list[asyncio.Task[None]]:
    """`count` connections to `app` that have been accepted and wait for a message."""
    never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    opened = [asyncio.ensure_future(_connection(app, number, never)) for number in range(count)]
    for _ in range(5):
        await asyncio.sleep(0)
    return opened


async def _connection(app: App, number: int, never: asyncio.Future[Message]) -> None:
    greeted = False

    async def receive() -> Message:
        nonlocal greeted
        if greeted:
            return await asyncio.shield(never)
        greeted = True
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        """Nobody reads it."""

    await app(_scope(number), receive, send)


def _scope(number: int) -> dict[str, Any]:
    """As uvicorn makes it."""
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 10000 + number),
        "root_path": "",
        "path": "/ws",
        "raw_path": b"/ws",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"upgrade", b"websocket")],
        "subprotocols": [],
        "state": {},
        "extensions": {"websocket.http.response": {}},
    }


async def _bytes_per_session(app: App, count: int, size: Callable[[], int]) -> float:
    warm = await _opened(app, 100)
    gc.collect()
    before = size()
    opened = await _opened(app, count)
    gc.collect()
    grown = size() - before
    for task in (*warm, *opened):
        task.cancel()
    await asyncio.wait((*warm, *opened))
    return grown / count


def _traced(app: App, count: int) -> float:
    tracemalloc.start()
    try:
        return asyncio.run(_bytes_per_session(app, count, lambda: tracemalloc.get_traced_memory()[0]))
    finally:
        tracemalloc.stop()


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def _resident_in_fresh_process(name: str, count: int) -> float:
    command = [sys.executable, "-m", "benchmarks.session_memory", "--child", name, "--sessions", str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(*, sessions: int = 20_000, processes: int = 3) -> Result:
    """Both measures; the resident one is the median of `processes` pairs of fresh processes."""
    traced = {name: _traced(make(), sessions // 4) for name, make in _APPS.items()}
    resident = [
        _resident_in_fresh_process("with", sessions) - _resident_in_fresh_process("without", sessions)
        for _ in range(processes)
    ]
    return Result(round(traced["with"] - traced["without"], 1), round(median(resident), 1), sessions)


def main() -> int:
    """Print the result; 1 when the bar is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=list(_APPS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(asyncio.run(_bytes_per_session(_APPS[options.child](), options.sessions, _resident)))
        return 0
    result = measure(sessions=options.sessions)
    print(json.dumps(asdict(result)) if options.json else result)
    return 0 if result.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
