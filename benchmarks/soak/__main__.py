"""Run the soak: a service, a fleet of clients, and upgrades until there were enough, or the time is over."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from example_app.serving import free_port

from .in_use import SETTINGS
from .memory import EVERY, resident
from .releases import fill_store
from .report import Report
from .upgrader import Done, Orders, Upgrader

__all__ = ["main"]

_TIME_TO_START = 60.0
_TIME_TO_END = 240.0


def main() -> int:
    """Print a table and, with --json, write the figures; 1 when anything was lost."""
    options = _options()
    for number in (signal.SIGTERM, signal.SIGINT):  # ends early; the two processes are ended too
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="upward-soak-") as name:
        report = _soak(Path(name), options)
    print(report)
    if options.json:
        options.json.write_text(json.dumps(report.to_json(), indent=2) + "\n")
    return 0 if report.holds else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="time limit for the upgrades (60)")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--upgrades", type=int, default=200, help="upgrades and rollbacks (200)")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between a client's messages (2)")
    parser.add_argument("--beat", type=float, default=1.0, help="seconds between broadcasts to all (1)")
    parser.add_argument("--before", type=float, default=0.0, help="seconds before the first upgrade (0)")
    parser.add_argument("--rest", type=float, default=2.0, help="seconds between two upgrades (2)")
    parser.add_argument("--releases", type=int, default=13, help="good releases; a bad one between two (13)")
    parser.add_argument("--ws", default="auto", help="uvicorn's WebSocket protocol")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _soak(folder: Path, options: argparse.Namespace) -> Report:
    store, port, token = fill_store(folder, options.releases), free_port(), folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(24))
    with _server(store, port, token, options) as server:
        report = Report(options.clients)
        with _fleet(port, options) as fleet:
            _say(f"{options.clients} clients are connected")
            with suppress(KeyboardInterrupt):  # told to end early: what there is, is reported
                _wait(server.pid, options.before, report)
                _upgrade(Upgrader(port, token), server.pid, options, report)
            report.counted(*_end(fleet))
        report.log = _log_of(token)
    return report


def _wait(pid: int, seconds: float, report: Report) -> None:
    """Let the clients come and go without an upgrade: what memory does then is what to compare with."""
    until = time.monotonic() + seconds
    report.waited(resident(pid))
    while time.monotonic() < until:
        time.sleep(1)
        report.waited(resident(pid))


def _upgrade(upgrader: Upgrader, pid: int, options: argparse.Namespace, report: Report) -> None:
    until = time.monotonic() + options.minutes * 60
    orders, place = Orders(options.releases, options.seed), 0
    for number in range(1, options.upgrades + 1):
        if time.monotonic() > until:
            return
        began = time.monotonic()
        done = upgrader.carry_out(orders.next(place))
        place = done.place
        size = resident(pid)
        report.upgraded(done, size)
        _say(_line(number, done, time.monotonic() - began, size))
        if number % EVERY == 0:
            report.collected(upgrader.in_use())
        time.sleep(options.rest)


def _line(number: int, done: Done, seconds: float, size: int) -> str:
    what = f"{number} to {done.order.version} ({done.order.bad or 'good'}): {done.state}"
    wrong = "" if done.as_expected else f", UNEXPECTED (runs {done.runs}): {done.detail}"
    return f"{what}, {seconds:.1f} s, pause {done.pause_ms:.1f} ms, {size / 1e6:.1f} MB{wrong}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _server(
    store: Path, port: int, token: Path, options: argparse.Namespace
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "benchmarks.soak.server", store, str(port), "--token-file", token]
    command += ["--ws", options.ws]
    settings = {**os.environ, **SETTINGS, "SOAK_BEAT": str(options.beat)}
    with (token.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_until_ready(server, port, token)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, token: Path) -> None:
    until = time.monotonic() + _TIME_TO_START
    while True:
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/_upward/status",
                headers={"Authorization": f"Bearer {token.read_text()}"},
            )
            urllib.request.urlopen(request, timeout=10).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"expected a service, got none; it said:\n{_log_of(token)}") from None
            time.sleep(0.1)
        else:
            return


def _log_of(token: Path) -> str:
    return (token.parent / "server.log").read_text(errors="replace")


@contextmanager
def _fleet(port: int, options: argparse.Namespace) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.soak.fleet", f"ws://127.0.0.1:{port}"]
    command += ["--clients", str(options.clients), "--every", str(options.every)]
    fleet = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert fleet.stdout is not None
        if not fleet.stdout.readline():
            raise RuntimeError("expected all clients to connect, got the end of the fleet")
        yield fleet
    finally:
        fleet.kill()
        fleet.wait()


def _end(fleet: subprocess.Popen[str]) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Have all clients say goodbye; gives what they counted."""
    said, _ = fleet.communicate("stop\n", timeout=_TIME_TO_END)
    counted = json.loads(said.splitlines()[-1])
    return counted["totals"], counted["examples"]


if __name__ == "__main__":
    raise SystemExit(main())
