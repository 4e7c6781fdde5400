"""A sample of `scripts/faults`: every place of the code that has a point, with one fault each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "faults.md"
SAMPLE = 12


@pytest.fixture(scope="module")
def ran() -> dict[str, list[list[str]]]:
    """What the sample said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "faults" / "run.py"), "--sample", str(SAMPLE), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,  # seconds; on a busy machine it takes many times what it needs
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.timeout(620)
def test_every_session_is_wholly_old_or_wholly_new(ran: dict[str, list[list[str]]]) -> None:
    """Whatever happens wherever: old or new, the next message is answered, the next upgrade works."""
    outcomes = ran["results"]
    assert len(outcomes) == SAMPLE
    assert all(reached for *_, reached, _ in outcomes)
    assert {wholly for *_, wholly, _, _ in outcomes} <= {"old", "new"}
    assert not [outcome for outcome in outcomes if outcome[-1]]


@pytest.mark.timeout(620)
def test_the_page_has_the_rows_of_an_upgrade_of_today(ran: dict[str, list[list[str]]]) -> None:
    """A phase or a kind of point that the table does not show: `scripts/faults --write`."""
    rows = re.findall(r"^\| (\w+) \| ([\w ]+) \| .* \|$", PAGE.read_text("utf-8"), re.M)
    shown = {row for row in rows if row[0] not in ("reached", "kind")}
    assert shown == {tuple(row) for row in ran["rows"]}
    assert "**neither**" not in PAGE.read_text("utf-8")
