"""`python -m benchmarks.pause`: how long an upgrade makes sessions wait, held to what the project promises.

*Pause*: from the moment when the first session's message may have to wait to that when none has to.
*Longest block*: the longest time in which the event loop ran nothing else, anywhere between request and
result, but for the forks; a beat every millisecond is late by that much.
Exit status 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from .judging import Bar, judge, table
from .measuring import measure
from .releases import SHAPES

BARS = {10_000: Bar(pause=25.0, block=10.0), 100_000: Bar(pause=250.0, block=25.0)}
"""Milliseconds, by the number of sessions. OTP's release_handler took 201 and 1,886 ms."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    options = _options().parse_args(arguments)
    sizes = options.sessions or list(BARS)
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            asyncio.run(
                measure(
                    Path(folder) / str(count), sessions=count, state=options.state, upgrades=options.upgrades
                )
            )
            for count in sizes
        ]
    missed = [line for run in runs if run.sessions in BARS for line in judge(run, BARS[run.sessions])]
    if options.json:
        print(json.dumps({"runs": [run.to_json() for run in runs], "missed": missed}, indent=2))
    else:
        print("\n\n".join(table(run) for run in runs))
        print("\n".join(["", *missed] if missed else ["", "every bar is held"]))
    return 1 if missed else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pause", description=__doc__)
    parser.add_argument("--sessions", type=int, action="append", help="how many; may be repeated")
    parser.add_argument(
        "--state", choices=sorted(SHAPES), default="dataclass", help="what a session's state is"
    )
    parser.add_argument("--upgrades", type=int, default=5, help="upgrades, and as many downgrades, of each")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
