"""Apply consecutive patch releases of real applications hot, one after another, and back down.

Each application is started by `upward run` over a store of its published wheels. While requests go on and a
WebSocket stays open, every next release is applied through the admin API, and then everything that is asked
of the patched server is compared with a fresh start of that release. `scripts/real-apps --help` for options.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from environments import App, Cache, read_apps
from service import Answer, Load, Server, different, serving, store_of

_HERE = Path(__file__).resolve().parent


@dataclass
class Hop:
    """What came of one hop."""

    app: str
    old: str
    new: str
    outcome: str = "error"
    """`hot`, `refused`; or `wrong`, `failed`, `broken`, which fail the run."""
    reasons: list[str] = field(default_factory=list)
    pause_ms: float | None = None
    pause_cpu_ms: float | None = None
    """Processor time of the event loop's thread in the pause: what a quiet machine would take."""
    equal: str = ""
    """Requests answered as by a fresh start, of how many."""
    rebuilt: list[str] = field(default_factory=list)
    sessions: str = ""
    """Open connections that were kept, of how many."""
    asked: int = 0
    """Requests answered while the hop was made."""
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    apps = [app for app in read_apps(_HERE / "apps.toml") if not options.names or app.name in options.names]
    if not apps:
        _say("expected names of applications in apps.toml, got none that is there")
        return 1
    rows = []
    for app in apps:
        for hop in Run(app, Cache(options.cache), options.hops).hops():
            rows.append(hop)
            _say(_line(hop))
            options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    _say(f"everything in {options.json}")
    return 0 if all(row.outcome in ("hot", "refused") for row in rows) else 1


class Run:
    """One application through its releases, up and down."""

    def __init__(self, app: App, cache: Cache, hops: int) -> None:
        self._app = app
        self._versions = app.versions[: hops + 1]
        self._cache = cache
        self._python = cache.python(app)
        self._work = cache.folder / "work" / app.name

    def hops(self) -> Iterator[Hop]:
        """Up through all releases, then down again; a refused hop is made by a restart."""
        shutil.rmtree(self._work, ignore_errors=True)
        ways = list(zip(self._versions, self._versions[1:], strict=False))
        ways += [(new, old) for old, new in reversed(ways)]
        server: Server | None = None
        with ExitStack() as running:
            for old, new in ways:
                if server is None:
                    server = running.enter_context(self._start(old))
                hop = self._hop(server, old, new)
                yield hop
                if hop.outcome != "hot":
                    running.close()
                    server = None

    def _start(self, version: str) -> Any:
        """A server of all releases that starts with this one."""
        place = self._work / f"from-{version}-{time.monotonic_ns()}"
        order = sorted(self._versions, key=lambda each: each != version)
        store = store_of(place / "store", self._python, [self._cache.wheel(self._app, v) for v in order])
        return serving(self._app, self._python, store, place / "work")

    def _hop(self, server: Server, old: str, new: str) -> Hop:
        hop = Hop(self._app.name, old, new)
        began = time.monotonic()
        with Load(server) as load:
            operation = server.operate("install", new)
        hop.seconds = round(time.monotonic() - began, 1)
        hop.asked = load.asked
        report = operation.get("report", {})
        error = report.get("error") or operation.get("error") or {}
        found = error.get("reasons") or []
        hop.reasons = [_reason(reason) for reason in found] or ([error["message"]] if error else [])
        hop.pause_ms, hop.pause_cpu_ms = report.get("pause_ms"), report.get("pause_cpu_ms")
        hop.rebuilt = report.get("rehearsal", {}).get("rebuilt", [])
        sessions = report.get("sessions", {})
        hop.sessions = f"{sessions.get('kept', 0)}/{sessions.get('total', 0)}"
        states = {"succeeded": "hot", "refused": "refused"}
        hop.outcome = states.get(operation.get("state", ""), "failed")
        if load.broken:
            hop.outcome, hop.reasons = "broken", load.broken[:10]
        if hop.outcome == "hot":
            self._compare(server, new, hop)
        return hop

    def _compare(self, server: Server, version: str, hop: Hop) -> None:
        expected, got = self._fresh_answers(version, server), server.answers()
        if different(expected, got):  # what two fresh starts answer differently says nothing
            again = self._fresh_answers(version, server)
            for request in [request for request in expected if expected[request] != again[request]]:
                _say(f"  not compared, two fresh starts of {version} differ: {request}")
                del expected[request]
        wrong = different(expected, got)
        hop.equal = f"{len(expected) - len(wrong)}/{len(expected)}"
        if wrong:
            hop.outcome, hop.reasons = "wrong", wrong

    def _fresh_answers(self, version: str, server: Server) -> dict[str, Answer]:
        """What a fresh start of the release answers, on a copy of the files that the running one has."""
        place = self._work / f"fresh-{version}-{time.monotonic_ns()}"
        shutil.copytree(server.work, place / "work", ignore=shutil.ignore_patterns("log", "token"))
        store = store_of(place / "store", self._python, [self._cache.wheel(self._app, version)])
        with serving(self._app, self._python, store, place / "work") as fresh:
            return fresh.answers()


def _reason(reason: dict[str, Any]) -> str:
    place = f"{reason['file']}:{reason['line']}: " if reason.get("file") else ""
    return f"{reason['code']}: {place}{reason['message']}"


def _line(hop: Hop) -> str:
    told = f"{hop.app:<10} {hop.old:>8} → {hop.new:<8} {hop.outcome:<8} {hop.equal:>6} equal"
    told += (
        f" {hop.pause_ms or 0:>8.1f} ms pause ({hop.pause_cpu_ms or 0:.0f} cpu) {hop.sessions:>4} sessions"
    )
    told += f" {hop.asked:>4} asked {hop.seconds:>6} s"
    return "\n".join([told, *(f"      {reason[:300]}" for reason in hop.reasons[:6])])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/real-apps", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these applications (as in apps.toml)")
    parser.add_argument("--hops", type=int, default=5, help="releases to go through (5)")
    parser.add_argument(
        "--cache",
        type=Path,
        default=_default_cache(),
        help="folder for wheels and environments (%(default)s, $UPWARD_REAL_APPS)",
    )
    parser.add_argument("--json", type=Path, help="where the report goes (report.json in the cache)")
    options = parser.parse_args(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    options.json = options.json or options.cache / "report.json"
    return options


def _default_cache() -> Path:
    if named := os.environ.get("UPWARD_REAL_APPS"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "upward" / "real-apps"


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
