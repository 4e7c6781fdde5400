"""What the differences that a proof finds teach the plan."""

from __future__ import annotations

from upward_asgi.patch.compare import Difference
from upward_asgi.patch.refine import names_left_over, names_to_rebuild

OLD = {
    "app:Model": "class pkg:Model",
    "app:Model[int]": "class",
    "app:Model[int].root": "None",
    "app:TABLE": "dict of 1",
    "app:TABLE['a']": "1",
}


def left(path: str, text: str) -> Difference:
    return Difference(path, None, text, "still as in the old release")


def test_a_name_that_only_the_old_release_has_is_left_over() -> None:
    """A name with brackets is a whole name, where it is a class; what is in it is no name."""
    found = [left(path, OLD[path]) for path in ("app:Model[int]", "app:Model[int].root")]
    assert names_left_over(found, OLD, OLD) == ("app:Model[int]",)
    assert names_to_rebuild(found, OLD, OLD, OLD, ("app:Model[int]",)) == ()


def test_an_entry_of_a_table_is_no_name() -> None:
    """The table is made anew instead."""
    found = [left("app:TABLE['a']", "1")]
    assert names_left_over(found, OLD, OLD) == ()
    assert names_to_rebuild(found, OLD, OLD, OLD) == ("app:TABLE",)


def test_what_has_lived_is_not_left_over() -> None:
    """The live process has something else there than a fresh start of the old release."""
    lived = {**OLD, "app:Model[int].root": "5"}
    assert names_left_over([left("app:Model[int]", "class")], OLD, lived) == ()
