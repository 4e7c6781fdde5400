"""The benchmarks run, and what of them does not depend on the machine's load is held to its bar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import session_memory, throughput

pytestmark = pytest.mark.timeout(150)


@pytest.mark.parametrize("websocket", [True, False])
async def test_throughput_is_measured(websocket: bool) -> None:
    """A few short rounds give a ratio, its spread and the time of a message; how high is not judged here."""
    result = await throughput.measure(rounds=4, messages=5, websocket=websocket)
    assert result.rounds == 4 and result.microseconds > 0
    assert 0.1 < result.ratio < 10 and result.quartiles[0] <= result.ratio <= result.quartiles[1]
    assert (result.bar == throughput.BAR) is websocket
    assert result.name in str(result)


async def test_throughput_below_the_bar_fails() -> None:
    """A ratio below the bar is a failure, and says so."""
    result = await throughput.measure(rounds=4, messages=5)
    below = replace(result, ratio=throughput.BAR - 0.001)
    assert not below.holds and "FAILED" in str(below)
    assert replace(result, ratio=throughput.BAR).holds


def test_memory_of_an_idle_session() -> None:
    """An idle session has less than the bar more, by the count of blocks, which no load changes."""
    result = session_memory.measure(sessions=1000, processes=1)
    assert 0 < result.traced < session_memory.BAR
    assert not replace(result, traced=session_memory.BAR).holds
