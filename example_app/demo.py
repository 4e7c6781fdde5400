"""The demonstration: a live service takes three patch releases, refuses a minor one, and goes back.

Run it with `scripts/demo`. Open tabs send numbered messages all the while; the exit status is 0 only if every
one of them kept its connection and its state, and no message was lost, doubled or reordered.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from .serving import HOT, RELEASES, Answer, Service, upward
from .tab import Tab

__all__ = ["main"]

PACE = 0.2
"""Seconds between two messages of one tab."""
BEAT = 0.2
"""Seconds between two ticks of the server's clock in the demonstration."""
BETWEEN = 1.0
"""Seconds that the tabs go on for between two releases."""
PATIENCE = 60.0
"""Seconds until every tab must show a release."""
BASE, LAST, MINOR = HOT[0], HOT[-1], "1.1.0"


@dataclass
class Story:
    """What happened so far: the steps, what each tab remembered at each, and what did not hold."""

    service: Service
    tabs: list[Tab]
    snapshots: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def expect(self, held: bool, claim: str) -> None:
        """Print the claim, and remember it when it did not hold."""
        say(f"  {'ok' if held else 'BROKEN':7} {claim}")
        if not held:
            self.broken.append(claim)

    def look(self, moment: str) -> None:
        """Remember the state of every session at this moment."""
        self.snapshots[moment] = [dict(tab.visitor) for tab in self.tabs]


def main() -> int:
    """The command: 0 if everything held, 1 if not."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="upward-demo-") as folder:
        service = Service(Path(folder), port=options.port, beat=1.0 if options.serve else BEAT)
        say(f"Building the example's releases: {', '.join(RELEASES)}")
        service.build()
        service.unpack()
        with service:
            return serve(service) if options.serve else anyio.run(demonstrate, service, options.tabs)


def serve(service: Service) -> int:
    """Leave the service running, and say what can be done with it."""
    assert service.process is not None
    command = Path(sys.executable).parent / "upward"
    at = f"--url {service.url} --token-file {service.token}"
    say(f"\nOpen {service.url} in two tabs, and write half a note in one of them.")
    say("\nThen, in another terminal:\n")
    for action in ("upgrade", "downgrade", "sessions", "status"):
        say(f"  {command} {action} {at}")
    say(f"\n`upgrade` goes {' → '.join(HOT)}; `--to {MINOR}` is refused. Ctrl-C ends the server.")
    try:
        return service.process.wait()
    except KeyboardInterrupt:
        return 0


async def demonstrate(service: Service, count: int) -> int:
    """Tell the story with `count` open tabs."""
    story = Story(service, [Tab(f"ws://127.0.0.1:{service.port}/live") for _ in range(count)])
    say(f"{BASE} runs at {service.url}; {count} tabs open and send {count / PACE:.0f} messages a second.")
    async with anyio.create_task_group() as tasks:
        for tab in story.tabs:
            tasks.start_soon(tab.live, PACE)
        await _tell(story)
        for tab in story.tabs:
            tab.finish()
    _judge(story)
    _print_table(story)
    return _conclude(story)


async def _tell(story: Story) -> None:
    await _all_see(story, BASE)
    await anyio.sleep(BETWEEN)
    story.look(f"in {BASE}")
    for release in HOT[1:]:
        await _step(story, release, "upgrade")
        await _check_pages(story, release)
        await anyio.sleep(BETWEEN)
    story.look(f"in {LAST}")
    await _refused(story)
    await _step(story, BASE, "install", BASE)
    await _check_pages(story, BASE)
    await anyio.sleep(BETWEEN)
    story.look(f"in {BASE} again")


async def _step(story: Story, release: str, *command: str) -> None:
    """One operation through the command line, while the tabs go on."""
    for tab in story.tabs:
        tab.answers.clear()
    answer = await _command(story, *command)
    say(f"\nupward {' '.join(command)}")
    done = answer.status == 0 and answer.body.get("state") == "succeeded"
    story.expect(done, f"{answer.body.get('from')} → {answer.body.get('to')} {_told(answer.body)}")
    if done:
        await _all_see(story, release)
    story.expect(all(tab.releases[-1] == release for tab in story.tabs), f"every tab shows {release}")
    answers = [seconds * 1000 for tab in story.tabs for seconds in tab.answers]
    if answers:
        slowest, usual = max(answers), statistics.median(answers)
        say(f"          {len(answers)} answers meanwhile: usually {usual:.0f} ms, slowest {slowest:.0f} ms")


async def _refused(story: Story) -> None:
    answer = await _command(story, "upgrade", "--to", MINOR)
    say(f"\nupward upgrade --to {MINOR}")
    story.expect(answer.status == 2, f"{MINOR} is refused as hot: {_reason(answer.body)}")
    status = await _command(story, "status")
    story.expect(status.body.get("release") == LAST, f"{LAST} goes on")


async def _command(story: Story, *arguments: str) -> Answer:
    return await anyio.to_thread.run_sync(partial(upward, *arguments, *story.service.at))


async def _all_see(story: Story, release: str) -> None:
    with anyio.move_on_after(PATIENCE):
        for tab in story.tabs:
            await tab.sees(release)


async def _check_pages(story: Story, release: str) -> None:
    """What plain HTTP requests get is of the same release: page, stylesheet and routes."""
    get = story.service.get
    _, page = await anyio.to_thread.run_sync(get, "/")
    _, style = await anyio.to_thread.run_sync(get, f"/static/board.css?v={release}")
    route, _ = await anyio.to_thread.run_sync(get, "/notes.txt")
    new = tuple(map(int, release.split("."))) >= (1, 0, 2)
    held = (
        f"<b>{release}</b>" in page
        and ("--rose" in style) is new
        and route == (200 if release == LAST else 404)
    )
    story.expect(held, f"a fresh request gets the page, the stylesheet and the routes of {release}")


def _judge(story: Story) -> None:
    say("\nAnd the tabs:")
    for claim, held in _claims(story):
        story.expect(held, claim)


def _claims(story: Story) -> Iterator[tuple[str, bool]]:
    tabs = story.tabs
    first, upper, last = story.snapshots.values()
    sent = sum(tab.sent for tab in tabs)
    kept = sum(not tab.closed for tab in tabs)
    yield f"{kept} of {len(tabs)} connections stayed open", kept == len(tabs)
    yield f"{sent} messages sent, {sum(tab.lost for tab in tabs)} lost", _none(tabs, lambda tab: tab.lost)
    yield f"{sum(tab.doubled for tab in tabs)} doubled", _none(tabs, lambda tab: tab.doubled)
    yield f"{sum(tab.reordered for tab in tabs)} reordered", _none(tabs, lambda tab: tab.reordered)
    yield "every counter went on, in every tab", _went_on(first, upper) and _went_on(upper, last)
    yield f"the new field came with {HOT[2]}", all("colour" in state for state in upper)
    yield f"and went on the way back to {BASE}", not any("colour" in state for state in (*first, *last))
    route = [*HOT, BASE]
    yield f"every tab saw {' → '.join(route)}", all(tab.releases == route for tab in tabs)


def _none(tabs: Sequence[Tab], count: Callable[[Tab], int]) -> bool:
    return not any(map(count, tabs))


def _went_on(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    return all(
        old["name"] == new["name"] and old["claps"] < new["claps"] and old["ticks"] < new["ticks"]
        for old, new in zip(before, after, strict=True)
    )


def _print_table(story: Story) -> None:
    moments = list(story.snapshots)
    head = ["session", "kept", *(f"state {moment}" for moment in moments), "sent", "lost", "twice", "order"]
    rows = [head]
    for place, tab in enumerate(story.tabs):
        states = [story.snapshots[moment][place] for moment in moments]
        order = "wrong" if tab.reordered else "right"
        counts = [str(tab.sent), str(tab.lost), str(tab.doubled), order]
        rows.append([states[0]["name"], "no" if tab.closed else "yes", *map(_state, states), *counts])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    say("")
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _state(visitor: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in visitor.items() if name != "name")


def _told(operation: dict[str, Any]) -> str:
    report = operation.get("report", {})
    error = report.get("error")
    if error:
        return f"{operation.get('state')}: {error.get('message') or error}"
    pause = f", pause {report['pause_ms']} ms" if "pause_ms" in report else ""
    return f"{operation.get('state')}{pause}" if "state" in operation else _reason(operation)


def _reason(body: dict[str, Any]) -> str:
    error = body.get("error") or body.get("report", {}).get("error") or {}
    return f"{error.get('code', 'done')}, {error.get('message', body.get('state', 'no reason given'))}"


def _conclude(story: Story) -> int:
    if story.broken:
        say(f"\n{len(story.broken)} claim(s) did not hold:")
        for claim in story.broken:
            say(f"  - {claim}")
        say(f"\nThe end of the server's log:\n{story.service.log.read_text()[-4000:]}")
        return 1
    say("\nAll of it held. See it with your own eyes: scripts/demo --serve")
    return 0


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--serve", action="store_true", help="leave the service running for a browser")
    parser.add_argument("--port", type=int, default=0, help="the service's port (default: a free one)")
    parser.add_argument("--tabs", type=int, default=50, help="how many tabs to open (default: 50)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
