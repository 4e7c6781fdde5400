"""The soak's result: a table for people, figures for machines, and whether it holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from statistics import median

from .memory import BAR, growth
from .upgrader import Done

__all__ = ["FORBIDDEN", "Report"]

FORBIDDEN = ("lost", "doubled", "reordered", "closed", "broken")
"""What there must be none of. Broken: an answer that shows that a state was not carried over whole."""
_COLUMNS = ("connections", "sent", *FORBIDDEN)


class Report:
    """What is gathered while the soak runs."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        self.done: list[Done] = []
        """Every operation."""
        self.before = 0
        """The most memory that was resident before the first of them, in bytes."""
        self.most = 0
        """The most that was resident after any of them."""
        self.sizes: list[int] = []
        """The bytes in use after every `EVERY` of them, right after a full collection."""
        self.totals: dict[str, dict[str, int]] = {}
        """The clients' findings by handler and manner."""
        self.examples: list[str] = []
        self.log = ""
        """What the service logged."""

    def waited(self, size: int) -> None:
        """Note the resident memory while nothing is upgraded yet."""
        self.before = max(self.before, size)

    def upgraded(self, done: Done, size: int) -> None:
        """Note one operation and the resident memory after it."""
        self.done.append(done)
        self.most = max(self.most, size)

    def collected(self, size: int) -> None:
        """Note the bytes in use right after a full collection."""
        self.sizes.append(size)

    def counted(self, totals: dict[str, dict[str, int]], examples: list[str]) -> None:
        """Note what the clients counted, at the end."""
        self.totals, self.examples = totals, examples

    @property
    def sum(self) -> Counter[str]:
        """The findings of all clients."""
        total: Counter[str] = Counter(dict.fromkeys(_COLUMNS, 0))
        for findings in self.totals.values():
            total.update(findings)
        return total

    @property
    def unexpected(self) -> list[Done]:
        """Operations that did not end as they must."""
        return [done for done in self.done if not done.as_expected]

    @property
    def holds(self) -> bool:
        """True when nothing went missing, every operation ended as it must, and memory is flat."""
        heard = self.sum["sent"] > 0 and bool(self.done)
        clean = not any(self.sum[name] for name in FORBIDDEN)
        return heard and clean and not self.unexpected and growth(self.sizes).flat

    def to_json(self) -> dict[str, object]:
        """Everything as plain JSON values."""
        return {
            "holds": self.holds,
            "clients": self.clients,
            "sum": dict(self.sum),
            "totals": self.totals,
            "examples": self.examples,
            "operations": [asdict(done) for done in self.done],
            "unexpected": len(self.unexpected),
            "memory": {
                **asdict(growth(self.sizes)),
                "bar": BAR,
                "sizes": self.sizes,
                "before": self.before,
                "most": self.most,
            },
        }

    def __str__(self) -> str:
        parts = [self._table(), self._upgrades(), self._memory()]
        parts += [f"example: {example}" for example in self.examples]
        parts += [f"unexpected: {done}" for done in self.unexpected[:10]]
        parts.append("held" if self.holds else "FAILED")
        if not self.holds:
            parts.append(f"the service's log ended with:\n{self.log[-4000:]}")
        return "\n\n".join(parts)

    def _table(self) -> str:
        rows = [("clients", *_COLUMNS), ("---", *("---:" for _ in _COLUMNS))]
        for name, findings in [*sorted(self.totals.items()), ("all", self.sum)]:
            rows.append((name, *(f"{findings.get(column, 0):,}" for column in _COLUMNS)))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def _upgrades(self) -> str:
        rows = ["| release | operations | as expected | median pause, ms |", "| --- | ---: | ---: | ---: |"]
        kinds: dict[str, list[Done]] = {}
        for done in self.done:
            kinds.setdefault(done.order.bad or "good", []).append(done)
        for kind, ended in sorted(kinds.items()):
            fine = sum(done.as_expected for done in ended)
            pause = median(done.pause_ms for done in ended)
            rows.append(f"| {kind} | {len(ended)} | {fine} | {pause:.1f} |")
        return "\n".join(rows)

    def _memory(self) -> str:
        grown = growth(self.sizes)
        judged = "flat" if grown.flat else "NOT FLAT"
        return (
            f"resident: up to {self.before / 1e6:.1f} MB before the first upgrade, and up to "
            f"{self.most / 1e6:.1f} MB after one\n"
            f"in use after full collections over the second half: {grown.start / 1e6:.1f} MB to "
            f"{grown.end / 1e6:.1f} MB, "
            f"{grown.per_operation / 1e3:.1f} kB an operation (bar {BAR / 1e3:.0f}): "
            f"{judged if grown.judged else 'too few operations to judge'}"
        )
