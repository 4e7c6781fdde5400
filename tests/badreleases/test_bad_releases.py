"""Every kind of bad release: refused or undone with its reason, sessions unharmed, the next good one goes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "bad-releases.md"
RUN = [sys.executable, str(ROOT / "tests" / "badreleases" / "run.py")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.slow
@pytest.mark.timeout(560)
def test_every_kind_ends_as_it_is_to() -> None:
    """Each one is tried beside live sessions, in a process of its own; what ended otherwise is named."""
    done = subprocess.run(RUN, capture_output=True, text=True, check=False, timeout=550, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr


def test_the_page_has_a_row_for_every_kind() -> None:
    """A kind that the page does not show: `scripts/bad-releases --write`."""
    listed = subprocess.run(
        [*RUN, "--list"], capture_output=True, text=True, check=True, timeout=50, env=ENVIRONMENT
    )
    rows = re.findall(r"^\| ([^|]+) \| ((?:[^|\\]|\\\|)+) \| ", PAGE.read_text("utf-8"), re.M)
    shown = [f"{group}: {name}" for group, name in rows if group not in ("group", "---")]
    assert sorted(shown) == sorted(listed.stdout.splitlines())
    assert len(shown) >= 40
