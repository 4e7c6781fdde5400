"""The benchmark of the pause runs, and says which bars are missed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.pause.judging import Bar, judge, table
from benchmarks.pause.measuring import Measured, Run, measure
from upward_asgi.upgrade.nearness import MANY

ONE = Measured(
    pause=20.0,
    pause_cpu=19.0,
    block_in_pause=5.0,
    block=6.0,
    block_cpu=5.0,
    block_phase="migrated",
    fork=4.0,
    predicted=25.0,
    whole=900.0,
    yardstick=11.0,
)
RUN = Run(10_000, "dict", 1_000_000, 300, (ONE, replace(ONE, pause=30.0), ONE), (ONE,))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("state", ["dict", "dataclass"])
async def test_an_upgrade_of_many_sessions_is_measured(tmp_path: Path, state: str) -> None:
    """Enough of them that the patch looks near the modules only; every session goes up and comes back."""
    run = await measure(tmp_path, sessions=MANY + 20, state=state, upgrades=2)
    assert [one.pause > 0 and one.fork > 0 for one in (*run.upgrades, *run.downgrades)] == [True] * 4
    assert f"{MANY + 20} sessions ({state} states)" in table(run)


def test_the_median_is_judged() -> None:
    """One slow upgrade misses no bar; a median over the bar does, and is named."""
    assert judge(RUN, Bar(pause=25.0, block=10.0)) == []
    assert judge(RUN, Bar(pause=20.0, block=10.0)) == [
        "missed: pause 20.0 ms at 10,000 sessions, the bar is 20 ms"
    ]
    assert len(judge(RUN, Bar(pause=1.0, block=1.0))) == 2
