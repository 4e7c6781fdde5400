"""The engine's settings as options of `upward run`, and the page that lists them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from upward_asgi.cli.limits import timeouts_from
from upward_asgi.errors import BadRequest
from upward_asgi.upgrade import Timeouts

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"


def test_limits_by_name() -> None:
    """Those that are given are set, the others keep their defaults; the last one wins."""
    found = timeouts_from(["quiesce_seconds=30", "commit_seconds=0", "quiesce_seconds=31.5"])
    assert found == Timeouts(quiesce_seconds=31.5, commit_seconds=0)
    assert timeouts_from([]) == Timeouts()


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("quiesce=3", "one of given_up_seconds, .*got quiesce"),
        ("quiesce_seconds", "got nothing"),
        ("quiesce_seconds=soon", "got soon"),
        ("quiesce_seconds=-1", "got -1"),
        ("quiesce_seconds=inf", "got inf"),
        ("quiesce_seconds=nan", "got nan"),
    ],
)
def test_what_is_no_limit(limit: str, words: str) -> None:
    """An unknown name is refused with the names there are, and so is what is no time."""
    with pytest.raises(BadRequest, match=words):
        timeouts_from([limit])


def test_every_limit_is_on_the_page() -> None:
    """Each wait with its name and its default, in the order of the class."""
    rows = re.findall(r"^\| `(\w+_seconds)` \| ([\d.]+) \|", PAGE.read_text("utf-8"), re.M)
    assert [(name, float(value)) for name, value in rows] == [
        (one.name, one.default) for one in fields(Timeouts)
    ]
