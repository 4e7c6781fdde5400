"""Run Autobahn's fuzzing client against uvicorn's WebSocket stacks, without and with the middleware."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .judge import Difference, Verdicts, compare, summary, verdicts_of
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
_LOUD = "*" * 70


@dataclass
class Outcome:
    """What was found on one stack."""

    stack: str
    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    upgrades: dict[str, int] = field(default_factory=dict)

    @property
    def differences(self) -> dict[str, tuple[Difference, ...]]:
        """By way: the cases whose verdict the middleware changes."""
        without = self.verdicts[WAYS[0]]
        return {way: compare(without, self.verdicts[way]) for way in WAYS[1:]}

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
        print(
            f"{_LOUD}\n* THE CONFORMANCE SUITE DID NOT RUN.\n* {error}\n{_LOUD}", file=sys.stderr, flush=True
        )
        return SKIPPED
    outcomes = [_run(suite, stack, options.cases) for stack in options.stack or STACKS]
    print("| stack | middleware | verdicts | differ | upgrades |\n| --- | --- | --- | ---: | ---: |")
    for outcome in outcomes:
        print("\n".join(outcome.rows()))
    for outcome in outcomes:
        for way, differences in outcome.differences.items():
            for difference in differences:
                print(f"{outcome.stack}, {way}: {difference}")
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
    outcome = Outcome(stack)
    with tempfile.TemporaryDirectory(prefix="upward-conformance-") as name:
        store = fill_store(Path(name))
        for way in WAYS:
            folder = Path(name) / way
            folder.mkdir()
            print(f"{stack}, {way} ...", file=sys.stderr, flush=True)
            with _served(way, stack, store, outcome) as port:
                outcome.verdicts[way] = _fuzz(suite, folder, port, cases)
    return outcome


def _fuzz(suite: TestSuite, folder: Path, port: int, cases: list[str]) -> Verdicts:
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
def _served(way: str, stack: str, store: Path, outcome: Outcome) -> Iterator[int]:
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
        if way == WAYS[2]:
            outcome.upgrades = json.loads(said.splitlines()[-1])["upgrades"]
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    raise SystemExit(main())
