"""What a patched process has and a fresh start has not is explained, or it is a difference."""

from __future__ import annotations

import types

import pytest

from upward_asgi.patch.compare import Difference, compare, unstable
from upward_asgi.patch.describe import Description, describe

OLD = """
LIMIT = 10
rooms = {}
class Room:
    def say(self): return 1
def f(x=LIMIT): return x
"""
NEW = OLD.replace("LIMIT = 10", "LIMIT = 20").replace("return 1", "return 2")


def start(source: str) -> types.ModuleType:
    """A module as freshly imported."""
    module = types.ModuleType("app")
    exec(compile(source, "app.py", "exec", dont_inherit=True), module.__dict__)
    return module


def words(module: types.ModuleType) -> Description:
    """Its description."""
    return describe({"app": module}, roots={})


def differences(live: types.ModuleType, before: Description, *, new: str = NEW) -> dict[str, Difference]:
    """The comparison of a live process with fresh starts, by path."""
    found = compare(words(start(OLD)), words(start(new)), before, words(live))
    return {difference.path: difference for difference in found}


def patched(live: types.ModuleType) -> None:
    """A patch as it should be."""
    fresh = start(NEW)
    live.__dict__["LIMIT"] = 20
    live.__dict__["f"].__defaults__ = (20,)
    live.__dict__["Room"].say.__code__ = fresh.__dict__["Room"].say.__code__


def test_a_whole_patch_is_equal() -> None:
    """Nothing to explain, nothing differs."""
    live = start(OLD)
    before = words(live)
    patched(live)
    assert differences(live, before) == {}
    assert compare(before, words(start(NEW)), None, words(live)) == ()


def test_kept_live_state_is_explained() -> None:
    """Rooms, their members, and names made at run time are as they were before the patch."""
    live = start(OLD)
    exec("rooms['a'] = Room(); rooms['a'].members = ['x']; cache = {1: 2}", live.__dict__)
    before = words(live)
    patched(live)
    assert differences(live, before) == {}


def test_live_state_that_the_patch_changed_is_a_difference() -> None:
    """An entry that appeared during the patch came from nowhere."""
    live = start(OLD)
    before = words(live)
    patched(live)
    exec("rooms['b'] = 1", live.__dict__)
    assert differences(live, before)["app:rooms['b']"].note == "made by the patch alone"


@pytest.mark.parametrize(
    ("undo", "path", "note"),
    [
        ("LIMIT = 10", "app:LIMIT", "still as in the old release"),
        ("f.__defaults__ = (10,)", "app:f.defaults[0]", "still as in the old release"),
        ("del f", "app:f", "missing"),
        ("made = 1", "app:made", "made by the patch alone"),
        ("class Room: ...", "app:rooms['a']", "a copy that is not what is found under its name"),
        ("f.__doc__ = 'x'", "app:f.doc", "made by the patch alone"),
    ],
)
def test_what_is_wrong_is_named(undo: str, path: str, note: str) -> None:
    """Each way of a patch to be wrong, in words."""
    live = start(OLD)
    exec("rooms['a'] = Room()", live.__dict__)
    before = words(live)
    patched(live)
    exec(undo, live.__dict__)
    found = differences(live, before)
    assert found[path].note == note
    assert path in str(found[path])
    assert found[path].to_json()["path"] == path


def test_a_name_that_the_release_removed_is_left_over() -> None:
    """A name of the old release that is still there."""
    live = start(OLD)
    before = words(live)
    found = differences(live, before, new="rooms = {}")
    assert found["app:LIMIT"].expected is None
    assert "fresh start has nothing" in str(found["app:LIMIT"])


def test_state_inside_live_state_may_follow_the_patch() -> None:
    """What a `code_change` does to a session in a table, no fresh start can tell."""
    live = start(OLD)
    exec("rooms['a'] = Room(); rooms['a'].n = 1", live.__dict__)
    before = words(live)
    patched(live)
    exec("rooms['a'].n = 2; rooms['a'].added = 3", live.__dict__)
    assert differences(live, before) == {}


def test_names_that_the_user_keeps_are_explained() -> None:
    """A marker explains the name and everything inside it, and nothing that only begins alike."""
    old, new = {"m:A": "1", "m:A.x": "1", "m:AB": "1"}, {"m:A": "2", "m:A.x": "2", "m:AB": "2"}
    assert [d.path for d in compare(old, new, None, old, kept=["m:A"])] == ["m:AB"]


def test_lines_have_a_flag_of_their_own() -> None:
    """Old line numbers are a defect, unless the caller does not care."""
    old, new = {"m:f.lines": "m.py:1", "m:f.code": "a"}, {"m:f.lines": "m.py:2", "m:f.code": "a"}
    assert [d.path for d in compare(old, new, None, old)] == ["m:f.lines"]
    assert compare(old, new, None, old, lines=False) == ()


def test_noise_is_left_out() -> None:
    """What differs between two fresh starts says nothing, nor do entries under keys that do."""
    one = {"m:AT": "1", "m:T.order": "140", "m:T[140]": "x", "m:A": "1"}
    other = {"m:AT": "2", "m:T.order": "150", "m:T[150]": "x", "m:A": "1"}
    live = {"m:AT": "3", "m:T.order": "160", "m:T[160]": "x", "m:A": "0"}
    noise = unstable(one, other)
    assert noise == {"m:AT", "m:T.order", "m:T[140]", "m:T[150]"}
    old = {"m:A": "2"}
    assert [d.path for d in compare(old, one, None, live, noise=noise)] == ["m:A"]


def test_a_module_that_cannot_be_imported_is_no_difference() -> None:
    """As long as the live process has not imported it either."""
    fresh = {"m.optional:.import": "fails: ImportError"}
    assert compare(fresh, fresh, None, {}) == ()
    assert compare({}, fresh, None, {}) == ()
    live = {"m.optional:__name__": "'m.optional'"}
    assert {d.path for d in compare({}, fresh, None, live)} >= {"m.optional:.import"}


def test_an_object_that_goes_by_another_name_keeps_its_state() -> None:
    """The new release imports `hub` where it sorts first: that is where it is described then."""
    old = {"m.z:hub": "instance of ref m.z:Hub", "m.z:hub.n": "0"}
    new = {"m.a:hub": "instance of ref m.z:Hub", "m.a:hub.n": "0", "m.z:hub": "ref m.a:hub"}
    before = old | {"m.z:hub.n": "7"}
    live = new | {"m.a:hub.n": "7"}
    assert compare(old, new, before, live) == ()
    assert compare(new, old, live, before) == ()
    lost = live | {"m.a:hub.n": "5"}
    assert [d.path for d in compare(old, new, before, lost)] == ["m.a:hub.n"]


def test_fields_of_a_class_in_another_order_are_a_difference() -> None:
    """The keys of a table may come in any order; the annotations of a class are its fields."""
    new = {"m:T.order": "1, 2", "m:C.__annotations__.order": "a, b"}
    live = {"m:T.order": "2, 1", "m:C.__annotations__.order": "b, a"}
    found = compare({**new, "m:T.order": "1"}, new, None, live)
    assert [difference.path for difference in found] == ["m:C.__annotations__.order"]
