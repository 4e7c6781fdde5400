"""Apply real patch releases of real packages hot, up and down, and count what came of it.

Each pair runs in a process of its own: load the older release, apply the newer one, undo, apply again, and go
back down. The engine's equality proof must find nothing; then a second, independent look compares the
patched process with a fresh start. `scripts/real-releases --help` for the options.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from sources import PROJECT, Cache, Line, Pair, default_cache, read_lines

OUTCOMES = ("equal", "refused", "failed", "half-applied", "wrong", "error")
ENOUGH = 0.85
"""The share of equal outcomes that the suite holds the engine to."""
_HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    lines = [line for line in read_lines(_HERE / "cases.toml") if _wanted(line, options)]
    if not lines:
        _say("expected names of lines in cases.toml, got none that is there")
        return 1
    cache = Cache(options.cache, options.project)
    started = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        made = list(pool.map(lambda line: _line(cache, line), lines))
        pairs = [(pair, there) for line, there in zip(lines, made, strict=True) for pair in line.pairs()]
        rows = []
        for done in as_completed([pool.submit(_pair, cache, *work, options.patience) for work in pairs]):
            rows.append(done.result())
            _say(_shown(rows[-1]))
    rows.sort(key=lambda row: row["pair"])
    report = {"totals": totals(rows), "seconds": round(time.monotonic() - started), "pairs": rows}
    options.json.write_text(json.dumps(report, indent=1) + "\n")
    _say(_summary(rows), f"{report['seconds']} s; everything in {options.json}")
    return 0 if passed(rows) else 1


def totals(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How often each outcome came, per direction."""
    return {
        way: {o: sum(row[way]["outcome"] == o for row in rows) for o in OUTCOMES} for way in ("up", "down")
    }


def passed(rows: Sequence[dict[str, Any]]) -> bool:
    """Nothing wrong, half-applied or unanswered, and enough of them equal."""
    outcomes = [row[way]["outcome"] for row in rows for way in ("up", "down")]
    bad = {"wrong", "half-applied", "error"}
    return bad.isdisjoint(outcomes) and outcomes.count("equal") >= ENOUGH * len(outcomes)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/real-releases", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these packages (as in cases.toml)")
    parser.add_argument("--short", action="store_true", help="four small pairs, for CI")
    parser.add_argument("--jobs", type=int, default=2, help="pairs at a time (2)")
    parser.add_argument("--patience", type=float, default=1, help="times every time limit, on a busy machine")
    parser.add_argument(
        "--cache",
        type=Path,
        default=default_cache(),
        help="folder for wheels (%(default)s, $UPWARD_REAL_RELEASES)",
    )
    parser.add_argument("--project", type=Path, default=PROJECT, help="folder with upward_asgi (this one)")
    parser.add_argument("--json", type=Path, help="where the report goes (report.json in the cache)")
    options = parser.parse_args(arguments)
    options.json = options.json or options.cache / "report.json"
    return options


def _wanted(line: Line, options: argparse.Namespace) -> bool:
    if options.names:
        return line.name in options.names
    return line.short or not options.short


Sources = tuple[dict[str, Path], tuple[str, ...]]
"""The unpacked releases by version, and the import path of what they need."""


def _line(cache: Cache, line: Line) -> Sources | str:
    try:
        return cache.releases(line), (*cache.requirements(line), *cache.engine())
    except RuntimeError as error:
        return str(error)


def _pair(cache: Cache, pair: Pair, sources: Sources | str, patience: float) -> dict[str, Any]:
    """One pair, both ways. What cannot go up is tried the other way in a process of its own."""
    started = time.monotonic()
    if isinstance(sources, str):
        missing = {"outcome": "error", "reasons": [["no_source", sources]]}
        return {"pair": str(pair), "up": missing, "down": missing, "seconds": 0.0}
    roots, path = sources
    old, new, package = str(roots[pair.old]), str(roots[pair.new]), pair.line.package
    seconds = pair.line.seconds * patience
    job: dict[str, Any] = {"do": "swap", "package": package, "path": path, "seconds": seconds}
    job.update(root=old, to=new, both=True)
    answer = _child(cache, f"{pair.line.name}-{pair.new}-up", job)
    up = _judged(cache, f"{pair.line.name}-{pair.new}-up", job, answer)
    down = answer.get("down")
    if down is None:
        job.update(root=new, to=old, both=False)
        answer = _child(cache, f"{pair.line.name}-{pair.new}-down", job)
        down = _judged(cache, f"{pair.line.name}-{pair.new}-down", job, answer)
    return {"pair": str(pair), "up": up, "down": down, "seconds": round(time.monotonic() - started, 1)}


def _judged(cache: Cache, name: str, job: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The outcome, after the second look at what the child called equal."""
    if "error" in answer:
        return {"outcome": "error", "reasons": [["error", answer["error"]]]}
    told: dict[str, Any] = answer["up"]
    if told["outcome"] != "equal":
        return told
    asked = {**job, "do": "fresh", "root": job["to"], "modules": answer["modules"]}
    fresh = _child(cache, f"{name}-fresh", asked)
    if "error" in fresh:
        return {"outcome": "error", "reasons": [["error", fresh["error"]]]}
    found = _differing(fresh["snapshot"], answer["snapshot"])
    if found:
        again = _child(cache, f"{name}-fresh", asked, hash_seed=1)
        noise = _paths(_differing(fresh["snapshot"], again["snapshot"]))
        found = [line for line in found if _path(line) not in noise]
    if found and answer["failed_imports"]:
        # A module that could not be imported may have left something behind all the same.
        tried = {**asked, "modules": [*answer["tried"], *answer["modules"]]}
        alike = _child(cache, f"{name}-fresh", tried)
        differing = _paths(_differing(alike["snapshot"], answer["snapshot"]))
        found = [line for line in found if _path(line) in differing]
    if found:
        return {**told, "outcome": "wrong", "wrong": [f"{len(found)} differences", *found[:40]]}
    return told


def _paths(differences: list[str]) -> set[str]:
    return set(map(_path, differences))


def _path(difference: str) -> str:
    return difference.partition(": ")[0]


def _differing(expected: dict[str, str], got: dict[str, str]) -> list[str]:
    from snapshot import differences

    return differences(expected, got)


def _child(cache: Cache, name: str, job: dict[str, Any], *, hash_seed: int = 0) -> dict[str, Any]:
    answer = cache.answers / f"{name}.json"
    answer.unlink(missing_ok=True)
    asked = cache.answers / f"{name}.job"
    asked.write_text(json.dumps({**job, "answer": str(answer)}))
    command = [str(cache.python()), str(_HERE / "child.py"), str(asked)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=job["seconds"],
            cwd=cache.folder,
            env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no end within {job['seconds']:g} s"}
    if not answer.exists():
        return {"error": f"ended with {done.returncode}: {done.stderr[-600:]}"}
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


def _shown(row: dict[str, Any]) -> str:
    told = [f"{row['pair']:<38}{row['up']['outcome']:<14}{row['down']['outcome']:<14}{row['seconds']:>6} s"]
    for way in ("up", "down"):
        told += [f"      {way}: {line[:260]}" for line in row[way].get("wrong", ())[:4]]
        reasons = row[way].get("reasons", ())
        told += [f"      {way}: {' '.join(text.split())[:260]}" for _, text in reasons[:2]]
    return "\n".join(told)


def _summary(rows: Sequence[dict[str, Any]]) -> str:
    counted = totals(rows)
    head = f"\n{len(rows)} pairs {'':<8}" + "".join(f"{outcome:>14}" for outcome in OUTCOMES)
    body = [f"{way:<18}" + "".join(f"{counted[way][o]:>14}" for o in OUTCOMES) for way in counted]
    equal = sum(counted[way]["equal"] for way in counted)
    causes = collections.Counter(
        row[way]["reasons"][0][0] for row in rows for way in counted if row[way].get("reasons")
    )
    named = ", ".join(f"{code} {count}" for code, count in causes.most_common()) or "none"
    return "\n".join([head, *body, f"equal: {equal / (2 * len(rows)):.1%}; causes of the others: {named}"])


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
