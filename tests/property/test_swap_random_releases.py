"""Random releases swapped hot: what was applied behaves as a fresh start; what was refused changed nothing.

With the rehearsal and its proof, as an upgrade is. `UPWARD_RANDOM_RELEASES=200 pytest tests/property` tries
more pairs than the few that every run of the suite does, `UPWARD_RANDOM_FIRST=1000` other ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pairs_server import PairsServer
from releases import random_pair

PAIRS = int(os.environ.get("UPWARD_RANDOM_RELEASES", "12"))
FIRST = int(os.environ.get("UPWARD_RANDOM_FIRST", "0"))


@pytest.fixture(scope="module")
def server() -> Iterator[PairsServer]:
    """One interpreter for all pairs of this file."""
    running = PairsServer("swap_server.py")
    yield running
    running.close()


def test_a_swap_is_a_fresh_start_or_nothing(server: PairsServer) -> None:
    """Every probe gives what it gives in a fresh start, after the upgrade and after the way back.

    Hardly any is refused: a proof that refused everything would be right as well.
    """
    refused = []
    for seed in range(FIRST, FIRST + PAIRS):
        old, new = random_pair(seed)
        answer = server.ask(old.files(), new.files())
        assert "broken" not in answer, (seed, answer["broken"])
        assert "error" not in answer, (seed, answer["error"])
        for way, outcome in answer.items():
            assert "wrong" not in outcome, (seed, way, outcome["wrong"])
            refused += [] if "equal" in outcome else [(seed, way, outcome["refused"][:2])]
    assert len(refused) <= max(2, 2 * PAIRS // 10), refused
