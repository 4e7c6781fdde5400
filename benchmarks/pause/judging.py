"""What was measured against what is promised, and both as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from statistics import median

from .measuring import Measured, Run

__all__ = ["Bar", "judge", "table"]


@dataclass(frozen=True, slots=True)
class Bar:
    """What the median of the upgrades must stay under, in milliseconds."""

    pause: float
    block: float


def judge(run: Run, bar: Bar) -> list[str]:
    """The bars that the run misses, in words."""
    found = {"pause": (_median(run.upgrades, "pause"), bar.pause)}
    found["longest block"] = (_median(run.upgrades, "block"), bar.block)
    return [
        f"missed: {name} {value:.1f} ms at {run.sessions:,} sessions, the bar is {limit:g} ms"
        for name, (value, limit) in found.items()
        if value >= limit
    ]


def table(run: Run) -> str:
    """Medians and spreads of a run."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    yield f"{run.sessions:,} sessions ({run.state} states), {run.objects:,} objects, {run.megabytes} MB"
    yield f"{'milliseconds':<24}{'upgrade: median':>16}{'min':>9}{'max':>9}{'downgrade: median':>20}"
    for name in (field.name for field in fields(Measured) if field.type in ("float", float)):
        values = [getattr(one, name) for one in run.upgrades]
        down = _median(run.downgrades, name)
        row = f"{name.replace('_', ' '):<24}{median(values):>16.1f}{min(values):>9.1f}{max(values):>9.1f}"
        yield f"{row}{down:>20.1f}"
    phases = sorted({one.block_phase for one in run.upgrades})
    yield f"the longest block fell into: {', '.join(phases)}"


def _median(measured: Sequence[Measured], name: str) -> float:
    return median(getattr(one, name) for one in measured)
