"""The plan says which objects of the application's own classes are made anew, with what they had gathered."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.appup.making import make_appup
from upward_asgi.appup.settings import Settings

CLASSES = "class Hub:\n    def __init__(self, size):\n        self.size, self.members = size, set()\n"


def notes_for(folder: Path, old: str, new: str, **settings: tuple[str, ...]) -> list[str]:
    for release, source in (("old", old), ("new", new)):
        (folder / release / "app").mkdir(parents=True)
        (folder / release / "app/__init__.py").write_text("", "utf-8")
        (folder / release / "app/hubs.py").write_text(CLASSES, "utf-8")
        (folder / release / "app/web.py").write_text(f"from .hubs import Hub\nimport re\n{source}\n", "utf-8")
    appup = make_appup(
        folder / "old",
        folder / "new",
        old_version=Version("1.0.0"),
        new_version=Version("1.0.1"),
        settings=Settings(**settings),
    )
    assert appup.verdict.hot
    return [str(note) for note in appup.verdict.notes if note.code == "made_anew"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("HUB = Hub(10)", "HUB = Hub(20)", 3),
        ("LIMIT = 10\nHUB = Hub(LIMIT)", "LIMIT = 20\nHUB = Hub(LIMIT)", 4),
        ("HUB: Hub = Hub(10)", "HUB: Hub = Hub(size=20)", 3),
    ],
)
def test_the_same_kind_made_anew(tmp_path: Path, old: str, new: str, line: int) -> None:
    """The constructing statement changed, or what it reads: name and line are named, with a way out."""
    (note,) = notes_for(tmp_path, old, new)
    assert note.startswith(f"app/web.py:{line}: HUB ")
    assert '"app.web:HUB"' in note and "keep" in note


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("HUB = Hub(10)", "HUB = Hub(10)\nOTHER = Hub(1)"),
        ("LIMIT = 10", "LIMIT = 20"),
        ("from re import compile\nWORD = compile('a')", "from re import compile\nWORD = compile('b')"),
        ("WORD = re.compile('a')", "WORD = re.compile('b')"),
    ],
)
def test_nothing_is_lost(tmp_path: Path, old: str, new: str) -> None:
    """What is new, a plain value, and an object of another package's class."""
    assert notes_for(tmp_path, old, new) == []


@pytest.mark.parametrize("marker", ["keep", "rebuild"])
def test_marked(tmp_path: Path, marker: str) -> None:
    """A name that the user has decided on."""
    assert notes_for(tmp_path, "HUB = Hub(10)", "HUB = Hub(20)", **{marker: ("app.web:HUB",)}) == []
