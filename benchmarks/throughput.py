"""What the middleware costs a message: a bare echo through it against the same echo without.

Both are served by one process, in one event loop, and take turns in short rounds: whatever slows the
machine down slows both. An echo has one message in flight on each connection; the bar is for that. With
many in flight a server reads them in one go, and what it does for each is so little that the middleware
weighs more: that is measured for information, as is a request that passes through. A server is one busy
thread, so its throughput is messages per second of that thread's processor time; that is what the ratio is
made of, because on a shared machine the clock on the wall measures the neighbours. The wall's figures are
printed beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from statistics import median, quantiles

from upward_asgi import Upward

from .applications import App, echo
from .serving import serving

__all__ = ["BAR", "Result", "main", "measure"]

BAR = 0.97
"""What is left of the throughput of a bare echo, at least."""
CONNECTIONS = 20
_WITH, _WITHOUT = "with", "without"


@dataclass(frozen=True, slots=True)
class Round:
    """One round through one of the two."""

    messages: int
    processor: float
    """Seconds of the server's thread."""
    wall: float
    """Seconds on the client's clock."""


@dataclass(frozen=True, slots=True)
class Result:
    """Many rounds, with and without the middleware in turns."""

    name: str
    ratio: float
    """Median over the pairs of rounds: throughput with the middleware, by throughput without."""
    quartiles: tuple[float, float]
    """Half of the pairs lie between."""
    wall_ratio: float
    """The same by the clock on the wall."""
    microseconds: float
    """Median of the processor time for a message without the middleware."""
    added_microseconds: float
    """Median of what the middleware adds to it."""
    rounds: int
    bar: float | None
    """None for a figure that is only for information."""

    @property
    def holds(self) -> bool:
        """True when the ratio reaches the bar, or none is set."""
        return self.bar is None or self.ratio >= self.bar

    def __str__(self) -> str:
        bar = "" if self.bar is None else f", bar {self.bar}: {'held' if self.holds else 'FAILED'}"
        return (
            f"{self.name}: {self.ratio:.3f} (quartiles {self.quartiles[0]:.3f}–{self.quartiles[1]:.3f}, "
            f"wall {self.wall_ratio:.3f}); {self.microseconds:.1f} µs + {self.added_microseconds:.2f} µs "
            f"a message; {self.rounds} pairs of rounds{bar}"
        )


class Load:
    """The client process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, order: dict[str, object]) -> dict[str, float]:
        """Give one order; returns the answer when it has been carried out."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        answer = await self._process.stdout.readline()
        if not answer:
            raise ConnectionError("expected an answer of the client process, got its end")
        return json.loads(answer)  # type: ignore[no-any-return]

    async def round(self, name: str, messages: int, window: int) -> Round:
        """One round; the processor time is this thread's, which serves."""
        began = time.thread_time()
        answer = await self.ask({"name": name, "messages": messages, "window": window})
        return Round(messages * CONNECTIONS, time.thread_time() - began, answer["seconds"])


@asynccontextmanager
async def _load(ports: dict[str, int], *, websocket: bool) -> AsyncIterator[Load]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.load", stdin=pipe, stdout=pipe
    )
    try:
        load = Load(process)
        await load.ask({"open": ports, "connections": CONNECTIONS, "websocket": websocket})
        yield load
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def measure(
    *, window: int = 1, rounds: int = 40, messages: int = 100, websocket: bool = True, ws: str = "auto"
) -> Result:
    """`rounds` pairs of rounds of `messages` on each connection, `window` of them at a time.

    Half of them with the one started first, half with the other: that alone makes half a percent.
    """
    pairs: list[tuple[Round, Round]] = []
    for order in ((_WITH, _WITHOUT), (_WITHOUT, _WITH)):
        async with AsyncExitStack() as stack:
            ports = {name: await stack.enter_async_context(serving(_app(name), ws=ws)) for name in order}
            load = await stack.enter_async_context(_load(ports, websocket=websocket))
            pairs += [pair async for pair in _pairs(load, rounds // 2, messages, window)]
    kind = f"WebSocket echo, {window} in flight" if websocket else "HTTP request"
    return _judge(kind, pairs, BAR if websocket and window == 1 else None)


def _app(name: str) -> App:
    return Upward(echo) if name == _WITH else echo


async def _pairs(load: Load, rounds: int, messages: int, window: int) -> AsyncIterator[tuple[Round, Round]]:
    for name in (_WITH, _WITHOUT):
        await load.round(name, messages, window)  # warm
    for number in range(rounds):
        order = (_WITH, _WITHOUT) if number % 2 else (_WITHOUT, _WITH)
        done = {name: await load.round(name, messages, window) for name in order}
        yield done[_WITH], done[_WITHOUT]


def _judge(name: str, pairs: list[tuple[Round, Round]], bar: float | None) -> Result:
    ratios = [without.processor / with_it.processor for with_it, without in pairs]
    low, _, high = quantiles(ratios, n=4)
    base = median(without.processor / without.messages for _, without in pairs)
    added = median((with_it.processor - without.processor) / without.messages for with_it, without in pairs)
    return Result(
        name=name,
        ratio=round(median(ratios), 4),
        quartiles=(round(low, 4), round(high, 4)),
        wall_ratio=round(median(without.wall / with_it.wall for with_it, without in pairs), 4),
        microseconds=round(base * 1e6, 2),
        added_microseconds=round(added * 1e6, 3),
        rounds=len(pairs),
        bar=bar,
    )


def _measurements(options: argparse.Namespace) -> Iterator[Result]:
    size = {"rounds": options.rounds, "messages": options.messages}
    for window in (1, 32):
        yield asyncio.run(measure(window=window, ws=options.ws, **size))
    yield asyncio.run(measure(websocket=False, **size))


def main() -> int:
    """Print a line, or JSON, for each measurement; 1 when a bar is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="pairs of rounds (default: 200)")
    parser.add_argument("--messages", type=int, default=100, help="messages a connection in a round")
    parser.add_argument("--ws", default="auto", help="uvicorn's WebSocket protocol")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = []
    for result in _measurements(options):
        results.append(result)
        if not options.json:
            print(result, flush=True)
    if options.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
