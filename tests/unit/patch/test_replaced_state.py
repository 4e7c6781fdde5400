"""Live state that would be replaced by something of another kind is told, and nothing else."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from upward_asgi.patch.describe import describe
from upward_asgi.patch.replaced_state import replaced_state, reset_state

CLASSES = """
class Room:
    def __init__(self, size=1):
        self.members, self.size = set(), size
class Lobby(Room): pass
"""


def words(source: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A module `app` as it is described."""
    module = ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", module)
    exec(CLASSES + source, module.__dict__)
    return dict(describe({"app": module}, roots={}))


def reset(monkeypatch: pytest.MonkeyPatch, old: str, lived: str, new: str, *settled: str) -> list[str]:
    texts = (old, new, f"{old}\n{lived}", new)
    one, two, before, live = (words(text, monkeypatch) for text in texts)
    return list(reset_state(one, two, before, live, settled=settled))


def replaced(monkeypatch: pytest.MonkeyPatch, old: str, lived: str, new: str, *settled: str) -> list[str]:
    texts = (old, new, f"{old}\n{lived}", new)
    one, two, before, live = (words(text, monkeypatch) for text in texts)
    return [difference.path for difference in replaced_state(one, two, before, live, settled=settled)]


@pytest.mark.parametrize(
    ("old", "lived", "new"),
    [
        ("R = Room()", "R.members.add('ada')", "R = Lobby()"),
        ("R = ['lobby']", "R.append('kitchen')", "R = Room()"),
        ("R = 0", "R = 57", "R = Room()"),
        ("R = {'lobby': 1}", "R['kitchen'] = 2", "R = ['lobby']"),
    ],
)
def test_another_kind_of_thing(monkeypatch: pytest.MonkeyPatch, old: str, lived: str, new: str) -> None:
    """A class, a container or a number that has lived, and what it cannot become by itself."""
    assert replaced(monkeypatch, old, lived, new) == ["app:R"]
    assert replaced(monkeypatch, old, "pass", new) == []
    assert replaced(monkeypatch, old, lived, new, "app:R") == []


@pytest.mark.parametrize(
    ("old", "lived", "new"),
    [
        ("R = Room(1)", "R.members.add('ada')", "R = Room(2)"),
        ("R = {'a': 1}", "R['b'] = 2", "R = {'a': 3}"),
        ("import logging as R", "R.mine = 1", "import json as R"),
        ("R = Room", "R.size = 3", "R = Lobby"),
        ("R = {}", "R['kitchen'] = 2", "pass"),
    ],
)
def test_what_the_new_text_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, old: str, lived: str, new: str
) -> None:
    """The same kind with other values, and names that keep no state of their own."""
    assert replaced(monkeypatch, old, lived, new) == []


@pytest.mark.parametrize(
    ("old", "lived", "new"),
    [
        ("R = Room(1)", "R.members.add('ada')", "R = Room(2)"),
        ("R = {'a': 1}", "R['b'] = 2", "R = {'a': 3}"),
        ("R = 0", "R = 57", "R = 1"),
    ],
)
def test_the_same_kind_made_anew(monkeypatch: pytest.MonkeyPatch, old: str, lived: str, new: str) -> None:
    """What has lived and is as a fresh start makes it now: that it has lost what it gathered is told."""
    assert reset(monkeypatch, old, lived, new) == ["app:R"]
    assert reset(monkeypatch, old, "pass", new) == []
    assert reset(monkeypatch, old, lived, new, "app:R") == []


@pytest.mark.parametrize(
    ("old", "lived", "new"),
    [
        ("R = Room(1)", "R.members.add('ada')", "R = Lobby(1)"),
        ("import logging as R", "R.mine = 1", "import json as R"),
        ("class R: pass", "R.x = 1", "class R:\n    y = 2"),
        ("R = {}", "R['kitchen'] = 2", "pass"),
    ],
)
def test_nothing_is_reset(monkeypatch: pytest.MonkeyPatch, old: str, lived: str, new: str) -> None:
    """Another kind is refused, not told; and names that keep no state, or are gone."""
    assert reset(monkeypatch, old, lived, new) == []


def test_what_lives_on_is_not_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    """The running object stays, and so does what it has gathered."""
    one, before = words("R = Room(1)", monkeypatch), words("R = Room(1)\nR.members.add('ada')", monkeypatch)
    assert list(reset_state(one, one, before, before)) == []
