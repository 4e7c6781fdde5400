"""A finished operation in words, and tables."""

from __future__ import annotations

from upward_asgi.cli.output import table
from upward_asgi.cli.report import report_text

DONE = {
    "id": "abc",
    "kind": "upgrade",
    "from": "1.0.0",
    "to": "1.0.1",
    "state": "succeeded",
    "phases": [{"phase": "verified", "at": 0.0, "seconds": 0.0041}],
    "report": {
        "dry_run": False,
        "pause_ms": 1.5,
        "sessions": {"total": 3, "kept": 3, "by_way": {"live": 2, "drain": 1}, "changed": 2},
        "warnings": ["upgraded() raised KeyError: 'x'"],
        "next": "Make it permanent.",
    },
}


def test_success_says_what_was_kept_and_what_is_next() -> None:
    """Everything an operator asks: what, sessions, pause, phases, warnings, next."""
    text = report_text(DONE)
    assert text.splitlines()[0] == "upgrade 1.0.0 → 1.0.1: done"
    assert "3 of 3 kept (1 drain, 2 live), 2 with a new state" in text
    assert "1.5 ms" in text
    assert "verified 4.1 ms" in text
    assert "KeyError" in text
    assert "Make it permanent." in text
    assert "abc" in text


def test_a_dry_run_is_called_one() -> None:
    """Nobody takes it for the real thing."""
    text = report_text({**DONE, "report": {"dry_run": True}})
    assert text.splitlines()[0] == "upgrade 1.0.0 → 1.0.1 (dry run): done"


def test_a_refusal_lists_every_reason_with_its_place() -> None:
    """File, line and advice, as `upward plan` shows them."""
    reasons = [
        {"code": "native", "message": "an extension module", "file": "a.c", "line": 3, "advice": "restart"},
        {"code": "other", "message": "no place", "file": None, "line": None, "advice": ""},
    ]
    text = report_text(
        {**DONE, "state": "refused", "report": {"error": {"code": "not_hot", "reasons": reasons}}}
    )
    assert "refused; nothing was touched" in text
    assert "    - a.c:3: an extension module; restart" in text
    assert "    - no place" in text


def test_a_failure_says_what_to_do() -> None:
    """What was expected, what came, what to do."""
    error = {"code": "code_change", "expected": "a state", "got": "None", "do": "mend it"}
    text = report_text({**DONE, "state": "rolled_back", "report": {"error": error}})
    assert "every session goes on" in text
    assert "code_change: expected a state,\n  got       None" in text
    assert "mend it" in text


def test_an_unknown_operation_is_still_shown() -> None:
    """A newer server's words do not stop the report."""
    assert "paused" in report_text({"id": "x", "kind": "upgrade", "state": "paused"})


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    """No trailing white space."""
    assert table(["A", "BB"], [["xxx", "y"], ["z", ""]]) == "A    BB\nxxx  y\nz"


def test_the_pause_stands_beside_what_was_predicted() -> None:
    """How long sessions waited, what the rehearsal had said, and the longest stretch without a turn."""
    report = {"pause_ms": 12.5, "longest_block_ms": 4.1, "rehearsal": {"predicted_pause_ms": 15.0}}
    assert "pause     12.5 ms (predicted 15.0 ms, longest block 4.1 ms)" in report_text(
        {**DONE, "report": report}
    )


def test_closed_sessions_are_named() -> None:
    """Those that could not follow: how many, which, and why the first."""
    closed = {
        "total": 7,
        "code": 1012,
        "sessions": [{"id": f"s{n}", "why": "no such user"} for n in range(6)],
    }
    text = report_text({**DONE, "report": {"closed": closed}})
    assert "closed    7 session(s) with 1012: s0, s1, s2, s3, s4, …; the first: no such user" in text
