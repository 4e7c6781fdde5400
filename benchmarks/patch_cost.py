"""How long a patch holds the event loop.

In a fresh process for each case, a service of so many modules is imported, a heap of so many objects made,
and on a real asyncio loop the service is patched up and down again. What may be done off the loop is done
there, as the engine does it; a task that wakes all the time sees how long the loop stood still. A fixed piece
of pure Python is timed beside every patch: it says how fast the machine was just then, and the bars grow with
it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from packaging.version import Version

from upward_asgi.appup.making import make_appup
from upward_asgi.patch import Prepared, SysPathImports, prepare

from .patched_service import PACKAGE, Record, write_releases

__all__ = ["CASES", "YARDSTICK_MS", "Case", "Result", "main", "measure"]

YARDSTICK_MS = 10.0
"""What the fixed piece of Python takes, in milliseconds, on the machine that the bars were set for."""
_STEPS = 200_000
"""Turns of the fixed piece of Python: what takes `YARDSTICK_MS` there."""


@dataclass(frozen=True, slots=True)
class Case:
    """One size of service, and how long a patch of it may hold the loop."""

    name: str
    modules: int
    changed: int
    objects: int
    bar: float
    """Milliseconds."""
    chain: bool = False


CASES = (
    Case("30 modules, 3 changed, 100,000 objects", 30, 3, 100_000, 20.0),
    Case("30 modules, 3 changed, 1,000,000 objects", 30, 3, 1_000_000, 60.0),
    Case("300 modules in one chain, 1 changed", 300, 1, 100_000, 20.0, chain=True),
)


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds, over repeated patches: medians, and the middle half where two are given."""

    case: str
    patches: int
    block: float
    """The longest time that the loop stood still for one patch."""
    quartiles: tuple[float, float]
    """Of `block`."""
    total: float
    """What the patch itself took."""
    processor: float
    """The processor time of that, which other processes do not add to."""
    waiting: float
    """The longest standstill while it was prepared in a thread."""
    yardstick: float
    """What the fixed piece of Python took beside the patches."""
    bar: float
    """For the machine as it was: larger when the yardstick was slower than it should be."""

    @property
    def holds(self) -> bool:
        """True when the median is below the bar."""
        return self.block < self.bar

    def __str__(self) -> str:
        held = "held" if self.holds else "FAILED"
        return (
            f"{self.case}: block {self.block:.1f} ms ({self.quartiles[0]:.1f} to {self.quartiles[1]:.1f}), "
            f"patch {self.total:.1f} ms (of the processor {self.processor:.1f}), "
            f"while prepared {self.waiting:.1f} ms, "
            f"yardstick {self.yardstick:.1f} ms, {self.patches} patches, bar {self.bar:.1f}: {held}"
        )


@dataclass(slots=True)
class _Pulse:
    """A task that wakes at every turn of the loop, and the longest time between two wakes."""

    longest: float = 0.0

    async def beat(self) -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest = max(self.longest, now - before)
            before = now

    def taken(self) -> float:
        """The longest standstill since the last call, in milliseconds."""
        longest, self.longest = self.longest, 0.0
        return longest * 1000


def yardstick() -> float:
    """Time the fixed piece of Python, in milliseconds."""
    began = time.perf_counter()
    value = 0
    for step in range(_STEPS):
        value = (value + step) & 0xFFFF
    return (time.perf_counter() - began) * 1000


def _heap(objects: int) -> list[Record]:
    """A list of records; each is three objects that the collector follows."""
    records: list[Record] = []
    for number in range(objects // 3):
        records.append(Record(number, records[-1] if records else None))
    return records


@contextmanager
def _imported(old: Path, modules: int) -> Iterator[None]:
    sys.path.insert(0, str(old))
    try:
        for number in range(modules):  # the first one first: a chain is deeper than Python's recursion limit
            import_module(f"{PACKAGE}.part{number}")
        yield
    finally:
        sys.path.pop(0)
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def _prepared(root: Path, to: Path, imports: SysPathImports) -> Prepared:
    """The engine's part off the loop: the plan of the way, its code, and where the living functions are."""
    appup = make_appup(root, to, old_version=Version("1.0.0"), new_version=Version("1.0.1"))
    prepared = prepare(appup.up, old=root, new=to, imports=imports)
    prepared.scan()
    return prepared


async def _patches(old: Path, new: Path, rounds: int) -> list[dict[str, float]]:
    pulse = _Pulse()
    beating = asyncio.ensure_future(pulse.beat())
    imports, seen = SysPathImports(old), []
    root, to = old, new
    for _ in range(rounds):
        prepared = await asyncio.to_thread(_prepared, root, to, imports)
        waiting = pulse.taken()
        began = time.thread_time()
        gc.disable()  # as the engine does for the commit
        patch = prepared.apply()
        gc.enable()
        processor = (time.thread_time() - began) * 1000
        await asyncio.sleep(0)
        total = patch.report.seconds * 1000
        seen.append({"block": pulse.taken(), "total": total, "processor": processor, "waiting": waiting})
        seen[-1]["yardstick"] = yardstick()
        await asyncio.sleep(0)
        pulse.taken()
        root, to = to, root
    beating.cancel()
    return seen


def _in_this_process(case: Case, rounds: int) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        old, new = write_releases(Path(folder), case.modules, case.changed, chain=case.chain)
        with _imported(old, case.modules):
            records = _heap(case.objects)
            seen = asyncio.run(_patches(old, new, rounds + 1))[1:]  # the first one warms up
            assert records
    middle = {name: median(one[name] for one in seen) for name in seen[0]}
    low, _, high = quantiles([one["block"] for one in seen], n=4)
    bar = case.bar * max(1.0, middle["yardstick"] / YARDSTICK_MS)
    return Result(
        case.name,
        rounds,
        round(middle["block"], 2),
        (round(low, 2), round(high, 2)),
        round(middle["total"], 2),
        round(middle["processor"], 2),
        round(middle["waiting"], 2),
        round(middle["yardstick"], 2),
        round(bar, 2),
    )


def measure(case: Case, *, rounds: int = 20) -> Result:
    """Patch the case's service `rounds` times, up and down by turns, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.patch_cost", "--child", json.dumps(asdict(case))]
    done = subprocess.run([*command, "--rounds", str(rounds)], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return Result(**{**found, "quartiles": tuple(found["quartiles"])})


def main() -> int:
    """Print the results; 1 when a bar is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="patches of each case (20)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        result = _in_this_process(Case(**json.loads(options.child)), options.rounds)
        print(json.dumps(asdict(result)))
        return 0
    results = [measure(case, rounds=options.rounds) for case in CASES]
    print(
        json.dumps([asdict(r) for r in results], indent=1) if options.json else "\n".join(map(str, results))
    )
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
