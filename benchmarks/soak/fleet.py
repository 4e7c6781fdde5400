"""All clients, in a process of their own. A line on its input ends them; then it prints what they counted."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter

from .client import HANDLERS, MANNERS, Client
from .ledger import Ledger

__all__ = ["main"]

_EXAMPLES = 20
_AT_A_TIME = 25
"""Clients that connect at the same time."""


class Fleet:
    """The clients, spread evenly over handlers and manners."""

    def __init__(self, address: str, count: int, every: float) -> None:
        self.totals: dict[str, Counter[str]] = {}
        """Findings by handler and manner."""
        self.examples: list[str] = []
        """The first connections on which something went wrong."""
        self._clients = [self._client(address, number, every) for number in range(count)]

    def _client(self, address: str, number: int, every: float) -> Client:
        handler = HANDLERS[number % len(HANDLERS)]
        manner = MANNERS[number // len(HANDLERS) % len(MANNERS)]

        def over(ledger: Ledger) -> None:
            findings = ledger.findings()
            total = self.totals.setdefault(f"{handler}, {manner.name}", Counter(connections=0))
            total.update({"connections": 1, **findings})
            wrong = +Counter({name: n for name, n in findings.items() if name != "sent"})
            if wrong and len(self.examples) < _EXAMPLES:
                self.examples.append(
                    f"{handler}, {manner.name}: {dict(wrong)} {ledger.closed} {ledger.broken_by}"
                )

        return Client(f"{address}/{handler}", manner, every, number, over)

    async def run(self) -> None:
        """Until a line comes."""
        async with asyncio.TaskGroup() as tasks:
            for start in range(0, len(self._clients), _AT_A_TIME):
                chosen = self._clients[start : start + _AT_A_TIME]
                for client in chosen:
                    tasks.create_task(client.run())
                for client in chosen:
                    await client.connected.wait()
            print(json.dumps({"connected": len(self._clients)}), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            for client in self._clients:
                client.stop()


def main() -> None:
    """Run a fleet against the service at ADDRESS."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--every", type=float, required=True, help="seconds between a client's messages")
    options = parser.parse_args()
    fleet = Fleet(options.address, options.clients, options.every)
    asyncio.run(fleet.run())
    print(json.dumps({"totals": fleet.totals, "examples": fleet.examples}), flush=True)


if __name__ == "__main__":
    main()
