"""`__code_change__` of modules and of instances: called once, inside the patch, undone with it."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.version import Version

from upward_asgi.errors import NotHot, PatchFailed
from upward_asgi.versions import Down

MODULE = """
rooms = {}
"""
MODULE_NEXT = """
CALLS = []
class Rooms:
    def __init__(self, names): self.names = list(names)
rooms = Rooms(())
def __code_change__(old_vsn, old_globals, extra):
    global rooms
    CALLS.append((old_vsn, extra))
    if hasattr(old_vsn, "to"):
        rooms = dict.fromkeys(old_globals["rooms"].names, "back")
    else:
        rooms = Rooms(old_globals["rooms"])
"""

CLASS = """
class Player:
    def __init__(self, name):
        self.name = name
class Guest(Player): pass
"""
CLASS_NEXT = """
class Player:
    def __init__(self, name, team):
        self.name = name
        self.team = team
    def __code_change__(self, old_vsn, extra):
        if hasattr(old_vsn, "to"):
            del self.team
        else:
            self.team = self.name[0]
class Guest(Player): pass
"""


def test_a_module_migrates_its_own_state(releases: Any) -> None:
    """What would be replaced is not: the function makes the new value of the old one, once."""
    live = releases.load(MODULE)
    live.module.rooms["blue"] = 1
    held = live.module.rooms
    patch = live.patch(MODULE_NEXT)
    assert live.module.rooms.names == ["blue"]
    ((old_vsn, extra),) = live.module.CALLS
    assert (old_vsn, extra) == (Version("1.0.0"), None)
    patch.undo()
    assert live.module.rooms is held
    assert held == {"blue": 1}


def test_the_newer_function_runs_on_the_way_down(releases: Any) -> None:
    """It is called before its code goes, with a `Down`, and what it rebinds takes the old text's place."""
    live = releases.load(MODULE_NEXT)
    live.module.rooms.names.append("red")
    calls = live.module.CALLS
    live.patch_down(MODULE)
    assert live.module.rooms == {"red": "back"}
    ((vsn, _extra),) = calls
    assert isinstance(vsn, Down)
    assert (vsn, vsn.to) == (Version("1.0.1"), Version("1.0.0"))
    assert not hasattr(live.module, "__code_change__")


def test_every_live_instance_is_migrated_once(releases: Any) -> None:
    """Subclasses too; an argument of `__init__` that nobody remembers is no reason against the release."""
    live = releases.load(CLASS)
    one, two = live.module.Player("ada"), live.module.Guest("bob")
    patch = live.patch(CLASS_NEXT)
    assert (one.team, two.team) == ("a", "b")
    patch.undo()
    assert vars(one) == {"name": "ada"}


def test_instances_are_migrated_on_the_way_down(releases: Any) -> None:
    """The newer class's method runs, on what it knows."""
    live = releases.load(CLASS_NEXT)
    one = live.module.Player("ada", "x")
    live.patch_down(CLASS)
    assert vars(one) == {"name": "ada"}


def test_without_it_an_unknown_argument_is_a_reason(releases: Any) -> None:
    """The same release without the method is refused while instances live."""
    live = releases.load(CLASS)
    one = live.module.Player("ada")
    with pytest.raises(NotHot, match="team"):
        live.patch(CLASS_NEXT.replace("__code_change__", "other"))
    assert vars(one) == {"name": "ada"}


def test_a_required_field_of_a_dataclass_can_be_migrated(releases: Any) -> None:
    """The instance gets its value from the method instead of a default; slots are undone as well."""
    old = "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass P:\n    a: int\n    b: list\n"
    new = (
        old
        + "    def __code_change__(self, old_vsn, extra):\n        self.a += 1\n        self.b.append(2)\n"
    )
    live = releases.load(old)
    one = live.module.P(1, [])
    patch = live.patch(new)
    assert (one.a, one.b) == (2, [2])
    patch.undo()
    assert (one.a, one.b) == (1, [])


def test_one_that_raises_undoes_everything(releases: Any) -> None:
    """Instances that were migrated before it take their old state back; the error names the function."""
    live = releases.load(CLASS)
    players = [live.module.Player(name) for name in "abcdef"]
    bad = CLASS_NEXT.replace(
        "self.team = self.name[0]", "self.team = {'a': 1, 'b': 2, 'c': 3, 'd': 4}[self.name]"
    )
    with pytest.raises(PatchFailed, match=r"Player.__code_change__\(\) to return, got KeyError"):
        live.patch(bad)
    assert [vars(player) for player in players] == [{"name": name} for name in "abcdef"]


def test_it_cannot_be_asynchronous(releases: Any) -> None:
    """Nothing awaits inside a patch."""
    live = releases.load("A = 1\n")
    with pytest.raises(PatchFailed, match="ordinary function"):
        live.patch("A = 2\nasync def __code_change__(old_vsn, old_globals, extra): ...\n")
    assert live.module.A == 1


def test_an_unchanged_class_is_left_alone(releases: Any) -> None:
    """The method stays in later releases; it is called for those that change the class."""
    live = releases.load("X = 1\n" + CLASS_NEXT)
    one = live.module.Player("ada", "kept")
    live.patch("X = 2\n" + CLASS_NEXT)
    assert one.team == "kept"
