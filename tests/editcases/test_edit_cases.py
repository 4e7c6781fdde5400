"""Our own edit cases: a release before and after, and a probe that says what must hold in the live process.

Each case runs in a process of its own. Each also runs with a swap that does nothing and must fail then: a
case that passes without an upgrade shows nothing.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LIMIT = 40.0
"""Seconds for one case: it starts several interpreters for the comparison with a fresh start."""


CASES = sorted(path.parent for path in (HERE / "cases").glob("*/case.toml"))


def _meta(case: Path) -> dict[str, Any]:
    return tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))


def _result(case: Path, *options: str) -> dict[str, str]:
    command = [sys.executable, str(HERE / "run_case.py"), str(case), *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    for line in reversed(ended.stdout.splitlines()):
        if line.startswith("@@RESULT "):
            result: dict[str, str] = json.loads(line.removeprefix("@@RESULT "))
            return result
    pytest.fail(f"the case ended with {ended.returncode} and no result: {ended.stderr[-800:]}")


def _skip_without_requirements(case: Path) -> None:
    for requirement in _meta(case).get("requires", []):
        if importlib.util.find_spec(requirement) is None:
            pytest.skip(f"needs {requirement}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_holds_after_the_swap(case: Path, request: pytest.FixtureRequest) -> None:
    """What the case expects holds; an optional case may fail, and says in `differ` why opinions do."""
    _skip_without_requirements(case)
    meta, result = _meta(case), _result(case)
    if meta.get("optional") and result["status"] == "fail":
        pytest.skip(f"optional ({meta['differ']}): {result['detail']}")
    assert result["status"] == "pass", f"{meta['expect']}: {result['detail']}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fails_without_a_swap(case: Path) -> None:
    """The case notices when nothing is swapped."""
    _skip_without_requirements(case)
    assert _result(case, "--noop")["status"] == "fail", "the case holds without an upgrade: it shows nothing"


def test_every_case_says_what_it_expects() -> None:
    """A case names itself, its group and what is expected; an optional one also why opinions differ."""
    for case in CASES:
        meta = _meta(case)
        assert meta["id"] == case.name
        assert meta["group"] and meta["expect"]
        assert not meta.get("optional") or meta["differ"]
