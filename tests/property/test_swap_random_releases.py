"""Random releases swapped hot: what was applied behaves as a fresh start; what was refused changed nothing.

With the rehearsal and its proof, as an upgrade is. `UPWARD_RANDOM_RELEASES=200 pytest tests/property` tries
more pairs than the few that every run of the suite does, `UPWARD_RANDOM_FIRST=1000` other ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from releases import Release, random_pair  # noqa: E402

PAIRS = int(os.environ.get("UPWARD_RANDOM_RELEASES", "12"))
FIRST = int(os.environ.get("UPWARD_RANDOM_FIRST", "0"))


class Server:
    """An interpreter that forks a copy of itself for every pair."""

    def __init__(self) -> None:
        server = [sys.executable, str(HERE / "swap_server.py")]
        self.process = subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, old: Release, new: Release) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        with tempfile.TemporaryDirectory(prefix="releases-") as folder:
            root = Path(folder).resolve()
            for version, release in (("v1", old), ("v2", new)):
                (root / version / "pkg").mkdir(parents=True)
                for name, text in release.files().items():
                    (root / version / "pkg" / name).write_text(text, encoding="utf-8")
            self.process.stdin.write(json.dumps({"root": str(root)}) + "\n")
            self.process.stdin.flush()
            answer: dict[str, Any] = json.loads(self.process.stdout.readline())
            return answer

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One interpreter for all pairs of this file."""
    running = Server()
    yield running
    running.close()


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[str]]:
    """What came of each swap so far, to count at the end."""
    yield []


@pytest.mark.parametrize("seed", range(FIRST, FIRST + PAIRS))
def test_a_swap_is_a_fresh_start_or_nothing(server: Server, outcomes: list[str], seed: int) -> None:
    """Every probe gives what it gives in a fresh start, after the upgrade and after the way back."""
    answer = server.ask(*random_pair(seed))
    assert "broken" not in answer, answer["broken"]
    assert "error" not in answer, answer["error"]
    for way, outcome in answer.items():
        assert "wrong" not in outcome, (way, outcome["wrong"])
        outcomes.append("equal" if "equal" in outcome else f"{seed} {way}: {outcome['refused'][:2]}")


def test_hardly_any_is_refused(outcomes: list[str]) -> None:
    """A proof that refused everything would pass the test above."""
    refused = [one for one in outcomes if one != "equal"]
    assert outcomes, "expected the swaps of the test above, got none; run the whole file"
    assert len(refused) <= max(2, len(outcomes) // 10), refused
