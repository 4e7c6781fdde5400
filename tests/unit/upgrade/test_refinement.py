"""What rehearsals teach is tried a few times; what that does not settle is told as it was found."""

from __future__ import annotations

import pytest

from upward_asgi.appup.settings import Settings
from upward_asgi.errors import BadSettings
from upward_asgi.patch.compare import Difference
from upward_asgi.upgrade.refinement import ROUNDS, Lesson, Refinement


def lesson(got: str, *names: str, path: str = "app:TABLE") -> Lesson:
    return Lesson((Difference(path, "set of 3", got, "left over"),), names)


def test_names_to_make_anew_are_added_once() -> None:
    """A second lesson that names nothing new teaches nothing."""
    refinement = Refinement(Settings())
    assert refinement.learn(lesson("set of 4", "app:TABLE"))
    assert not refinement.learn(lesson("set of 0", "app:TABLE"))
    assert refinement.rebuilt == ("app:TABLE",)
    assert "app:TABLE" in refinement.settings.rebuild


def test_names_that_are_left_over_go_besides() -> None:
    """They are no markers: a project cannot write them, and they are told once."""
    refinement = Refinement(Settings())
    taught = Lesson((Difference("app:M[int]", None, "class", "left over"),), left_over=("app:M[int]",))
    assert refinement.learn(taught) and not refinement.learn(taught)
    assert refinement.settings.left_over == ("app:M[int]",) and refinement.rebuilt == ()
    assert "left_over" not in refinement.settings.to_json()
    with pytest.raises(BadSettings):
        Settings.from_json({"left_over": ["app:M[int]"]})


def test_it_ends() -> None:
    """A release that teaches something else every time is not planned for ever."""
    refinement = Refinement(Settings())
    learnt = [refinement.learn(lesson("set of 4", f"app:T{number}")) for number in range(ROUNDS + 2)]
    assert learnt == [True] * ROUNDS + [False] * 2


def test_what_is_refused_is_told_as_it_was_before_anything_was_tried() -> None:
    """Made anew, a table may be empty; the reason is what the running service has in it."""
    refinement = Refinement(Settings())
    refinement.learn(lesson("set of 4", "app:TABLE"))
    last = lesson("set of 0", "app:TABLE")
    refinement.learn(last)
    assert [d.got for d in refinement.as_first_seen(last).differences] == ["set of 4"]
    other = lesson("set of 1", path="app:OTHER")
    assert refinement.as_first_seen(other) == other
