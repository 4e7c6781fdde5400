# ruff: noqa: E501 - what is printed has long lines
"""What an operator reads who was not there: what happened, that nothing was lost, what to do next."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.integration.test_upgrade_service import FIELD, FIRST, HELPER, Files, ask, edited
from tests.integration.test_upgrade_service import serve as serve  # the fixture
from upward_asgi.cli.report import report_text

RETURN = 'return Count(state.n, label=f"from {old_vsn}")'
LIVE_ONLY = edited(
    FIELD,
    app=(RETURN, "import os\n        if os.getpid() == HERE:\n            state.n / 0\n        " + RETURN),
)
WITH_PID: Files = edited(FIRST, app=("ROOM = []\n", "ROOM = []\nimport os\nHERE = os.getpid()\n"))
LIVE_ONLY = edited(LIVE_ONLY, app=("ROOM = []\n", "ROOM = []\nimport os\nHERE = os.getpid()\n"))

SLOW: Files = edited(FIRST, app=("from dataclasses import dataclass\n", "import ext_missing\nfrom dataclasses import dataclass\n"))  # fmt: skip

CASES: dict[str, tuple[Files, Files, str]] = {
    "a code_change that raises": (
        FIRST,
        edited(FIELD, app=(RETURN, "state.missing\n        " + RETURN)),
        """\
upgrade 1.0.0 → 1.0.1: refused; nothing was touched
  rehearsal_failed: expected the upgrade to succeed in a forked copy of this process,
  got       AttributeError: 'Count' object has no attribute 'missing' in code_change from 1.0.0 to 1.0.1, at SVC/app.py:27 in Counter.code_change (1 session(s): s1)
  do        mend the release, build it under the next version and unpack that; nothing was touched here
  sessions  1 of 1 kept (1 live), 0 with a new state
  phases    verified N ms, planned N ms, refused N ms
  next      Nothing was lost: 1.0.0 runs on with 1 of 1 session(s), each in the state it had, untouched. 1.0.1 is passed over from now on; `upward upgrade --to 1.0.1` tries it again.
  operation ID""",
    ),
    "a code_change that raises in the live process only": (
        WITH_PID,
        LIVE_ONLY,
        """\
upgrade 1.0.0 → 1.0.1: tried and undone; every session goes on in the release it had
  code_change: expected code_change to return the new state,
  got       ZeroDivisionError: division by zero, for session s1 (state SVC.app.Count, written by 1.0.0)
  at        SVC/app.py:31 in Counter.code_change
  do        mend code_change
  sessions  1 of 1 kept (1 live), 0 with a new state
  pause     N ms (predicted N ms, longest block N ms)
  phases    verified N ms, planned N ms, rehearsed N ms, quiesced N ms, patched N ms, rolled_back N ms
  next      Nothing was lost: all was undone, and 1.0.0 runs on with 1 of 1 session(s), each in the state it had. 1.0.1 is passed over from now on; `upward upgrade --to 1.0.1` tries it again.
  operation ID""",
    ),
    "a dependency that is not there": (
        FIRST,
        SLOW,
        """\
upgrade 1.0.0 → 1.0.1: refused; nothing was touched
  release_does_not_import: expected SVC.app of 1.0.1 to import in a clean interpreter,
  got       ModuleNotFoundError: No module named 'ext_missing' (File "STORE/1.0.1/SVC/app.py", line 2, in <module>)
  do        mend the release and build it again
  sessions  1 of 1 kept (1 live), 0 with a new state
  phases    verified N ms, planned N ms, refused N ms
  next      Nothing was lost: 1.0.0 runs on with 1 of 1 session(s), each in the state it had, untouched. 1.0.1 is passed over from now on; `upward upgrade --to 1.0.1` tries it again.
  operation ID""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_a_failing_upgrade(serve: Any, case: str) -> None:
    """The report as `upward upgrade` prints it, word for word; in JSON it has the same and the traceback."""
    old, bad, expected = CASES[case]
    async with serve(old, bad) as service, service.connect("/live") as live:
        assert await ask(live) == "hello 1"
        operation = json.loads(json.dumps((await service.upgrade()).to_json()))
        text = report_text(operation).replace(service.name, "SVC")
        text = text.replace(str(service.store.root), "STORE").replace(operation["id"], "ID")
        assert re.sub(r"[\d.]+ ms", "N ms", text) == expected
        error = operation["report"]["error"]
        assert {"code", "expected", "got", "do", "message", "causes", "traceback"} <= set(error)
        assert operation["report"]["remembered"] == "1.0.1"
        assert await ask(live) == "hello 2"


async def test_a_good_release_is_not_remembered(serve: Any) -> None:
    """Nothing to pass over."""
    async with serve(FIRST, HELPER) as service:
        operation = await service.upgrade()
        assert "remembered" not in operation.report
