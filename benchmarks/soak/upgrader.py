"""Up and down the line of releases, a third of the time into a bad one, over the admin API."""

from __future__ import annotations

import http.client
import json
import random
from dataclasses import dataclass
from pathlib import Path

from .in_use import PATH
from .releases import BAD, version_of

__all__ = ["Done", "Order", "Orders", "Upgrader"]

_BAD_SHARE = 1 / 3
_FAR_SHARE = 1 / 6
_FAR = 2
"""Good releases that an operation now and then goes over."""
_WAIT = 110
"""Seconds for one operation."""


@dataclass(frozen=True, slots=True)
class Order:
    """One operation to ask for, and how it must end."""

    version: str
    bad: str
    """In which way the release is bad; empty for a good one."""
    state: str
    """`succeeded`, `refused` or `rolled_back`."""
    place: int
    """The good release that runs afterwards."""


@dataclass(frozen=True, slots=True)
class Done:
    """How one operation ended."""

    order: Order
    state: str
    runs: str
    """The release that the service says it runs afterwards."""
    pause_ms: float
    detail: str
    """The error, when there was one."""
    restarted: int = 0

    @property
    def place(self) -> int:
        """The place of the release that runs now."""
        return int(self.runs.rpartition(".")[2]) // 2

    @property
    def as_expected(self) -> bool:
        """True when it ended as it must, and the right release runs."""
        return self.state == self.order.state and self.runs == version_of(self.order.place)


class Orders:
    """What to ask for next: a bad release a third of the time, else a neighbour, or one over several."""

    def __init__(self, goods: int, seed: int) -> None:
        self._goods = goods
        self._choose = random.Random(seed)

    def next(self, place: int) -> Order:
        """The next order for a service that runs the good release at `place`."""
        if self._choose.random() < _BAD_SHARE and place + 1 < self._goods:
            bad = BAD[place % len(BAD)]
            return Order(version_of(place, bad=True), bad.name, bad.state, place)
        reach = _FAR if self._choose.random() < _FAR_SHARE else 1
        ways = {max(0, place - reach), min(self._goods - 1, place + reach)} - {place}
        place = self._choose.choice(sorted(ways))
        return Order(version_of(place), "", "succeeded", place)


class Upgrader:
    """Asks for operations, one after another."""

    def __init__(self, port: int, token_file: Path) -> None:
        self._port = port
        self._token = token_file.read_text().strip()

    def carry_out(self, order: Order) -> Done:
        """Ask for an operation and wait until it is over."""
        answer = self._call("POST", "install", {"version": order.version})
        report = answer.get("report", {})
        runs = str(self._call("GET", "status").get("release"))
        error = report.get("error") or {}
        detail = json.dumps(error or answer, ensure_ascii=False)[:600] if error or not report else ""
        old_frames = report.get("old_frames", [])
        return Done(
            order,
            str(answer.get("state", "none")),
            runs,
            float(report.get("pause_ms") or 0.0),
            detail,
            sum(frame.get("kind") == "session" for frame in old_frames),
        )

    def in_use(self) -> int:
        """The bytes that the service has in use, right after a full collection."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_WAIT)
        try:
            connection.request("GET", PATH)
            return int(connection.getresponse().read())
        finally:
            connection.close()

    def _call(self, method: str, call: str, body: dict[str, object] | None = None) -> dict[str, object]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_WAIT + 30)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Prefer": f"wait={_WAIT}",
        }
        try:
            connection.request(method, f"/_upward/{call}", json.dumps(body) if body else None, headers)
            return json.loads(connection.getresponse().read())  # type: ignore[no-any-return]
        finally:
            connection.close()
