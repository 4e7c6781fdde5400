"""An upgrade of 200 live sessions, with a fault at every step of it: `scripts/faults --help`.

Every point is found by watching one upgrade (see `points`), and every fault is tried at every point, each in
a process of its own. Written to the documentation with `--write`.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from attempt import Outcome, World
from parts import Part, Result, all_parts, run_others
from points import Fault, Kind, Point
from service import SESSIONS, make_store

__all__ = ["main"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; exit status 1 when any session was not wholly old or wholly new."""
    options = _options(arguments)
    logging.getLogger("upward_asgi").setLevel(logging.CRITICAL)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        parts = all_parts(options.workers, options.keep or Path(temporary))
        others = [] if options.part else run_others(parts, arguments)
        found, points = _carry_out(parts[options.part], options)
        if options.part:
            return 0
        if any(other.wait() for other in others):
            _say("a worker failed: see above; --keep FOLDER goes on where the run was")
            return 1
        order = {(point.kind, point.number): place for place, point in enumerate(found)}
        results = [result for part in parts for result in part.results()]
        results.sort(key=lambda result: order[result[0].kind, result[0].number])
    wrong = [result for result in results if result[2].wrong]
    seconds = time.monotonic() - began
    _say(f"{len(points)} points, {len(results)} faults, {len(wrong)} wrong, {seconds:.0f} s")
    if options.json:
        sys.stdout.write(json.dumps(_to_json(points, results)) + "\n")
    if options.write:
        PAGE.write_text(page(found, points, results), "utf-8")
    return 1 if wrong else 0


def _carry_out(part: Part, options: argparse.Namespace) -> tuple[list[Point], list[Point]]:
    """Do one part of the attempts; returns all points, and those that were chosen."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "releases"
        make_store(root)
        world = World(root)
        found = world.record(lines=options.lines)
        points = _chosen(found, options)
        for point, fault in part.rest(_attempts(points, options)):
            outcome = world.attempt(point, fault)
            part.add((point, fault, outcome))
            if outcome.wrong:
                _say(f"WRONG: {fault} at {point}: {outcome}")
    return found, points


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="this many faults, spread over all points")
    parser.add_argument("--lines", action="store_true", help="raise at every line of the commit instead")
    parser.add_argument("--every", type=int, default=1, help="only every N-th point")
    parser.add_argument("--workers", type=int, default=1, help="this many processes, each with its part")
    parser.add_argument("--keep", type=Path, help="a folder for the results: a run goes on where it was")
    parser.add_argument("--part", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="the results on standard output")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    return parser.parse_args(arguments)


def _chosen(points: Iterable[Point], options: argparse.Namespace) -> list[Point]:
    if not options.lines:
        return _every(list(points), options.every)
    first = {point.group: point for point in reversed(list(points)) if point.kind is Kind.LINE}
    return sorted(first.values(), key=lambda point: point.number)[:: options.every]


def _every(points: list[Point], step: int) -> list[Point]:
    """Every `step`-th point of each phase and kind, the first of each at least."""
    seen: Counter[tuple[str, str]] = Counter()
    chosen = []
    for point in points:
        row = (point.phase, point.kind.value)
        if seen[row] % step == 0:
            chosen.append(point)
        seen[row] += 1
    return chosen


def _attempts(points: Sequence[Point], options: argparse.Namespace) -> list[tuple[Point, Fault]]:
    """Every fault at every point; a sample has every place of the code and every fault in it."""
    every = [(point, fault) for point in points for fault in point.faults]
    if options.sample is None:
        return every
    places = list({(point.kind, point.phase, point.where): point for point in points}.values())
    kinds = [(point, point.faults[i % len(point.faults)]) for i, point in enumerate(places)]
    step = max(1, len(kinds) // options.sample)
    return kinds[::step][: options.sample]


def page(found: Sequence[Point], points: Sequence[Point], results: Sequence[Result]) -> str:
    """The page of the documentation."""
    sessions = ", ".join(f"{many} on `{path}`" for path, many in SESSIONS.items())
    wrong = sum(bool(outcome.wrong) for *_, outcome in results)
    return f"""\
# Faults: what becomes of the sessions

Written by `scripts/faults --write`; a test fails when its rows are not those of an upgrade of today.

An upgrade of {sum(SESSIONS.values())} live sessions ({sessions}),
in which one thing goes wrong at one step. The steps are found by watching an upgrade: every await of the
operation, every entry of the patch's journal, every entry of the commit's undo stack, every phase transition,
before and after. At each one something is raised, the service is told to end (in the middle of code:
`CancelledError`), nothing ever comes back, or the process is killed by SIGKILL. Afterwards:

- modules, states, stamps, ways, register and link are those of before (**old**), or all those of the new
  release (**new**), and the operation says which;
- each of the sessions answers its next message, once, in the words of that release;
- the next upgrade works. After a kill, the next boot starts the release of before, and upgrades.

{len(found)} points. Tried for this page: {len(points)} of them (`--every N` takes every N-th of a row), with
{len(results)} faults; {wrong} ended otherwise.

{_table(results)}
— means: cannot be. Nothing hangs where nothing is waited for: in a phase transition, or in an await that only
lets others run for a turn.

## Where the points are

{_places(found)}"""


def _table(results: Sequence[Result]) -> str:
    cells: dict[tuple[str, str], dict[Fault, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for point, fault, outcome in results:
        cells[point.phase, point.kind.value][fault][_shown(outcome)] += 1
    head = "| reached | kind | " + " | ".join(Fault) + " |\n| --- | --- |" + " --- |" * len(Fault) + "\n"
    rows = [
        f"| {phase} | {kind} | " + " | ".join(_cell(found[fault]) for fault in Fault) + " |"
        for (phase, kind), found in cells.items()
    ]
    return head + "\n".join(rows) + "\n"


def _shown(outcome: Outcome) -> str:
    if outcome.wrong:
        return "**neither**"
    return outcome.wholly if outcome.state == "killed" else f"{outcome.wholly}, {outcome.state}"


def _cell(found: Counter[str]) -> str:
    return "; ".join(f"{many} × {words}" for words, many in sorted(found.items())) or "—"


def _places(points: Sequence[Point]) -> str:
    found = Counter((point.kind.value, point.where) for point in points)
    rows = [f"| {kind} | `{where}` | {many} |" for (kind, where), many in sorted(found.items())]
    return "\n".join(["| kind | in | points |", "| --- | --- | --- |", *rows]) + "\n"


def _to_json(points: Sequence[Point], results: Sequence[Result]) -> dict[str, object]:
    return {
        "rows": sorted({(point.phase, point.kind.value) for point in points}),
        "results": [
            [point.kind.value, point.number, point.where, fault.value, outcome.wholly, outcome.wrong]
            for point, fault, outcome in results
        ],
    }


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
