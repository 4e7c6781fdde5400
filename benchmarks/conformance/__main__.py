"""Run Autobahn's fuzzing client against uvicorn's WebSocket stacks, without and with the middleware."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .judge import Baseline, Difference, Verdicts, compare, summary, verdicts_of
from .python27 import NoPython27, TestSuite, find_python
from .server import WAYS
from .store import fill_store

__all__ = ["SKIPPED", "main"]

SKIPPED = 77
"""The exit status when nothing was run, as automake's tests use it."""
STACKS = ("websockets-sansio", "websockets", "wsproto")
CASES = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*")
"""All but the big messages (9) and compression (12, 13), which take many minutes."""
_TIME_FOR_A_RUN = 1800
_RUNS_MORE = 10
"""Runs of a case without the middleware, at most, to see whether its verdict is a matter of timing."""
_LOUD = "*" * 70


@dataclass
class Outcome:
    """What was found on one stack."""

    stack: str
    verdicts: dict[str, Verdicts]
    """By way."""
    upgrades: dict[str, int]
    """How many there were, by how they ended."""

    def __post_init__(self) -> None:
        self.baseline = Baseline(self.verdicts[WAYS[0]])

    @property
    def differences(self) -> dict[str, tuple[Difference, ...]]:
        """By way: the cases whose verdict the middleware changes."""
        return {way: compare(self.baseline, self.verdicts[way]) for way in WAYS[1:]}

    @property
    def differing(self) -> list[str]:
        """The cases of those."""
        return sorted({one.case for found in self.differences.values() for one in found})

    @property
    def holds(self) -> bool:
        """True when no verdict differs and upgrades did happen, each successfully."""
        return set(self.upgrades) == {"succeeded"} and not any(self.differences.values())

    def rows(self) -> Iterator[str]:
        """The rows of the table."""
        for way in WAYS:
            found = ", ".join(f"{count} {name}" for name, count in summary(self.verdicts[way]).items())
            differ = "" if way == WAYS[0] else str(len(self.differences[way]))
            upgrades = str(sum(self.upgrades.values())) if way == WAYS[2] else ""
            yield f"| {self.stack} | {way} | {found} | {differ} | {upgrades} |"


def main() -> int:
    """0: no verdict differs. 1: some do. 77: skipped, because there is no Python 2.7."""
    options = _options()
    try:
        suite = TestSuite.installed(find_python())
    except NoPython27 as error:
        _say(f"{_LOUD}\n* THE CONFORMANCE SUITE DID NOT RUN.\n* {error}\n{_LOUD}")
        return SKIPPED
    outcomes = [_run(suite, stack, options.cases) for stack in options.stack or STACKS]
    print("| stack | middleware | verdicts | differ | upgrades |\n| --- | --- | --- | ---: | ---: |")
    for outcome in outcomes:
        print("\n".join(outcome.rows()))
    for outcome in outcomes:
        for way, differences in outcome.differences.items():
            for difference in differences:
                print(f"{outcome.stack}, {way}: {difference}")
        if outcome.baseline.racing:
            print(f"{outcome.stack}: a matter of timing without the middleware: {outcome.baseline.racing}")
        if set(outcome.upgrades) != {"succeeded"}:
            print(f"{outcome.stack}: expected upgrades that succeed, got {outcome.upgrades}")
    return 0 if all(outcome.holds for outcome in outcomes) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/conformance", description=f"{__doc__} PYTHON27=PATH names a Python 2.7."
    )
    parser.add_argument("--stack", action="append", choices=STACKS, help="may be given again; all")
    parser.add_argument("--cases", nargs="+", default=list(CASES), metavar="CASE", help="such as 1.* 7.1.5")
    return parser.parse_args()


def _run(suite: TestSuite, stack: str, cases: list[str]) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="upward-conformance-") as name:
        folder = Path(name)
        served = partial(_served, stack=stack, store=fill_store(folder))
        verdicts: dict[str, Verdicts] = {}
        upgrades: dict[str, int] = {}
        for way in WAYS:
            _say(f"{stack}, {way} ...")
            with served(way, upgrades=upgrades) as port:
                verdicts[way] = _fuzz(suite, folder, port, cases)
        outcome = Outcome(stack, verdicts, upgrades)
        for _ in range(_RUNS_MORE):
            if not outcome.differing:
                break
            _say(f"{stack}, {WAYS[0]}, again: {' '.join(outcome.differing)}")
            with served(WAYS[0], upgrades={}) as port:
                outcome.baseline.add(_fuzz(suite, folder, port, outcome.differing))
    return outcome


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fuzz(suite: TestSuite, folder: Path, port: int, cases: list[str]) -> Verdicts:
    folder = Path(tempfile.mkdtemp(dir=folder))
    spec = {
        "outdir": str(folder / "reports"),
        "servers": [{"agent": "echo", "url": f"ws://127.0.0.1:{port}", "options": {"version": 18}}],
        "cases": cases,
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    suite.run(folder / "spec.json", timeout=_TIME_FOR_A_RUN)
    return verdicts_of(json.loads((folder / "reports" / "index.json").read_text()), "echo")


@contextmanager
def _served(way: str, *, stack: str, store: Path, upgrades: dict[str, int]) -> Iterator[int]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.conformance.server",
        way,
        "--ws",
        stack,
        "--store",
        str(store),
    ]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        first = server.stdout.readline()
        if not first:
            raise RuntimeError(f"expected a service ({way}, {stack}), got its end")
        yield json.loads(first)["port"]
        said, _ = server.communicate(timeout=120)
        upgrades.update(json.loads(said.splitlines()[-1])["upgrades"])
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    raise SystemExit(main())
