"""Reasons and verdicts: their text, their JSON, their merging."""

from __future__ import annotations

import pytest

from upward_asgi.appup.verdict import Reason, Verdict
from upward_asgi.errors import InternalError, NotHot

FULL = Reason("startup", "the lifespan changed", "board/app.py", 12, "restart")
BARE = Reason("requirement", "attrs is not installed")


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (FULL, "board/app.py:12: the lifespan changed; restart"),
        (BARE, "attrs is not installed"),
        (Reason("native", "added", "a.so", advice="restart"), "a.so: added; restart"),
    ],
)
def test_text(reason: Reason, text: str) -> None:
    """A reason reads as place, message and advice, each only where there is one."""
    assert str(reason) == text


def test_json_both_ways() -> None:
    """What is written is read back equal."""
    verdict = Verdict((FULL, BARE), (BARE,))
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert verdict.to_json()["hot"] is False


def test_hot_without_reasons() -> None:
    """Notes alone leave a release hot."""
    assert Verdict(notes=(FULL,)).hot
    assert not Verdict(reasons=(FULL,)).hot


def test_hot_is_derived() -> None:
    """A `hot` that contradicts the reasons is not believed."""
    assert not Verdict.from_json({"hot": True, "reasons": [FULL.to_json()]}).hot


def test_merging() -> None:
    """Merged verdicts keep their order and name each finding once."""
    merged = Verdict((FULL,), (BARE,)).merged(Verdict((BARE, FULL)), Verdict(notes=(BARE, FULL)))
    assert merged == Verdict((FULL, BARE), (BARE, FULL))


def test_fits_not_hot() -> None:
    """`NotHot` shows every reason on a line of its own."""
    assert "  - board/app.py:12: the lifespan changed; restart\n" in str(NotHot([FULL, BARE]))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"reasons": {}},
        {"reasons": ["x"]},
        {"notes": [{"code": "x"}]},
        {"reasons": [{"code": "x", "message": "m", "line": True}]},
        {"reasons": [{"code": "x", "message": "m", "file": 3}]},
        {1: 2},
    ],
)
def test_damaged(data: object) -> None:
    """Data that is no verdict is named, with what to do."""
    with pytest.raises(InternalError, match="make the appup again"):
        Verdict.from_json(data)
