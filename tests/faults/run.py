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
from collections.abc import Sequence
from pathlib import Path

from tests.faults.attempt import World
from tests.faults.chosen import attempts_at, chosen_points
from tests.faults.page import page, row_of
from tests.faults.parts import Attempt, Kept, Result, part_of, start_others
from tests.faults.points import Point
from tests.faults.service import make_store

__all__ = ["main"]

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; exit status 1 when any session was not wholly old or wholly new."""
    options = _options(arguments)
    logging.getLogger("upward_asgi").setLevel(logging.CRITICAL)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        kept = Kept(options.keep or Path(temporary) / "kept")
        root = Path(temporary) / "releases"
        make_store(root)
        world = World(root)
        found = kept.points(lambda: world.record(lines=options.lines), lines=options.lines)
        points = chosen_points(found, lines=options.lines, turns=options.turns, every=options.every)
        attempts = attempts_at(points, options.sample)
        others = [] if options.part else start_others(options.workers, kept.folder, arguments)
        _carry_out(world, kept, part_of(attempts, options.part, options.workers))
        if options.part:
            return 0
        if any(other.wait() for other in others):
            _say("a worker failed: see above; --keep FOLDER goes on where the run was")
            return 1
        results = list(kept.results(attempts))
    _say(f"{len(points)} points, {len(results)} faults, {time.monotonic() - began:.0f} s: {_ends(results)}")
    if options.json:
        sys.stdout.write(json.dumps(_to_json(points, results)) + "\n")
    if options.write:
        PAGE.write_text(page(found, points, results), "utf-8")
    return 1 if any(outcome.wrong for *_, outcome in results) else 0


def _carry_out(world: World, kept: Kept, attempts: Sequence[Attempt]) -> None:
    """Make those attempts that have not been made, every place once before any twice."""
    for attempt in sorted(kept.rest(attempts), key=lambda attempt: attempt[0].occurrence):
        outcome = world.attempt(*attempt)
        kept.add(attempt, outcome)
        if outcome.wrong:
            _say(f"WRONG: {attempt[1]} at {attempt[0]}: {outcome}")


def _ends(results: Sequence[Result]) -> str:
    wrong = sum(bool(outcome.wrong) for *_, outcome in results)
    missed = sum(not outcome.reached for *_, outcome in results)
    return f"{wrong} wrong, {missed} not reached"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="this many faults, spread over all points")
    parser.add_argument("--lines", action="store_true", help="raise at every line of the commit instead")
    parser.add_argument("--turns", action="store_true", help="all of the points that are alike")
    parser.add_argument("--every", type=int, default=1, help="only every N-th point")
    parser.add_argument("--workers", type=int, default=1, help="this many processes, each with its part")
    parser.add_argument("--keep", type=Path, help="a folder for the results: a run goes on where it was")
    parser.add_argument("--part", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="the results on standard output")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    return parser.parse_args(arguments)


def _to_json(points: Sequence[Point], results: Sequence[Result]) -> dict[str, object]:
    return {
        "rows": sorted({row_of(point) for point in points}),
        "results": [
            [point.kind.value, point.where, fault.value, outcome.wholly, outcome.reached, outcome.wrong]
            for point, fault, outcome in results
        ],
    }


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
