"""Places in the source that code remembers: which follow, where to, and which are left alone."""

from __future__ import annotations

import ast
import traceback
from types import CodeType, FunctionType
from typing import Any

import pytest

from upward_asgi.appup.codes import CodePairs, pair_codes
from upward_asgi.patch.code_places import follow_code_places
from upward_asgi.patch.journal import Journal

OLD, NEW = "/releases/1.0.0/shop.py", "/releases/1.0.1/shop.py"
SOURCE = """
def remember(place):
    def known():
        return place

    return known


def call():
    return remember(
        None
    )
"""


def compiled(source: str, file: str) -> CodeType:
    return compile(ast.parse(source), file, "exec")


class Loaded:
    """The module of the old release, and its code paired with that of a newer one."""

    def __init__(self, newer: str) -> None:
        self.namespace: dict[str, Any] = {}
        exec(compiled(SOURCE, OLD), self.namespace)
        self.pairs: CodePairs = pair_codes(compiled(SOURCE, OLD), compiled(newer, NEW))
        self.journal = Journal()

    def known(self, place: object) -> FunctionType:
        known: FunctionType = self.namespace["remember"](place)
        return known

    def follow(self, *functions: FunctionType) -> None:
        own = self.namespace["remember"], self.namespace["call"]
        follow_code_places(self.journal, self.namespace, (*own, *functions), self.pairs)


def test_a_place_follows_file_and_line() -> None:
    """Four lines were added above; the way back is the journal's."""
    loaded = Loaded("\n\n\n\n" + SOURCE)
    known = loaded.known((OLD, 10))
    loaded.follow(known)
    assert known() == (NEW, 14)
    loaded.journal.undo()
    assert known() == (OLD, 10)


def test_a_summary_of_a_frame_follows() -> None:
    """What `traceback` gives, as a module keeps it; its locals stay what they were."""
    loaded = Loaded("\n" + SOURCE)
    summary = traceback.FrameSummary(OLD, 4, "known", lookup_line=False, locals={"place": 1})
    loaded.namespace["HERE"] = summary
    loaded.follow()
    moved = loaded.namespace["HERE"]
    assert (moved.filename, moved.lineno, moved.name, moved.locals) == (NEW, 5, "known", {"place": "1"})
    loaded.journal.undo()
    assert loaded.namespace["HERE"] is summary and summary.filename == OLD


def test_a_line_inside_a_call_of_several_lines() -> None:
    """The line follows the instruction, not the distance: the call is laid out otherwise."""
    loaded = Loaded(SOURCE.replace("remember(\n        None\n    )", "remember(None)"))
    known = loaded.known((OLD, 10))
    loaded.follow(known)
    assert known() == (NEW, 10)
    known = loaded.known((OLD, 11))
    loaded.follow(known)
    assert known() == (NEW, 10)


@pytest.mark.parametrize(
    "place",
    [
        ("/elsewhere.py", 4),
        (OLD, 900),
        (OLD, True),
        (OLD, "4"),
        (OLD, None),
        (OLD, 4, 0),
        [OLD, 4],
        OLD,
        None,
    ],
)
def test_what_is_no_place_stays(place: object) -> None:
    """Another file, a line without code, other shapes: the very object stays."""
    loaded = Loaded("\n" + SOURCE)
    known = loaded.known(place)
    loaded.follow(known)
    assert known() is place


def test_a_place_in_changed_code_stays() -> None:
    """Nobody knows which line of the new code the old one is: that is for the proof to judge."""
    loaded = Loaded("\n" + SOURCE.replace("None", "'changed'"))
    known = loaded.known((OLD, 10))
    loaded.follow(known)
    assert known() == (OLD, 10)


def test_an_empty_cell_is_passed_over() -> None:
    """A closure may be left before its variable has a value."""
    loaded = Loaded("\n" + SOURCE)
    known = loaded.known(None)
    del known.__closure__[0].cell_contents  # type: ignore[index]
    loaded.follow(known)
    with pytest.raises(NameError):
        known()


def test_two_closures_share_their_cell() -> None:
    """A shared cell is written once."""
    loaded = Loaded("\n" + SOURCE)
    known = loaded.known((OLD, 4))
    other = FunctionType(known.__code__, known.__globals__, closure=known.__closure__)
    loaded.follow(known, other)
    assert known() is other() and known() == (NEW, 5) and len(loaded.journal) == 1
