"""Definitions that the new release does not have go, and so do their entries in tables."""

from __future__ import annotations

from typing import Any

SOURCE = """
HANDLERS = {}
NAMES = []
def on(name):
    def deco(f):
        HANDLERS[name] = f
        NAMES.append(f)
        return f
    return deco
@on("a")
def a(): return "a"
@on("b")
def b(): return "b"
LIMIT: int = 1
class C:
    def f(self): return 1
    def g(self): return 1
C.stamp = 1
"""


def test_removed_names_are_gone(releases: Any) -> None:
    """Functions, constants with their annotation, methods and attributes set from outside."""
    live = releases.load(SOURCE)
    c = live.module.C()
    patch = live.patch(
        SOURCE.replace("LIMIT: int = 1\n", "")
        .replace("C.stamp = 1\n", "")
        .replace("    def g(self): return 1\n", "")
    )
    assert not hasattr(live.module, "LIMIT")
    assert "LIMIT" not in live.module.__annotations__
    assert not hasattr(c, "g")
    assert not hasattr(c, "stamp")
    patch.undo()
    assert (live.module.LIMIT, live.module.__annotations__, c.g(), c.stamp) == (1, {"LIMIT": int}, 1, 1)


def test_removed_handlers_leave_the_registry(releases: Any) -> None:
    """What a decorator put into a table goes with the function; other entries stay."""
    live = releases.load(SOURCE)
    module = live.module
    module.HANDLERS["outside"] = len
    patch = live.patch(SOURCE.replace('@on("b")\ndef b(): return "b"\n', ""))
    assert list(module.HANDLERS) == ["a", "outside"]
    assert [f() for f in module.NAMES] == ["a"]
    patch.undo()
    assert list(module.HANDLERS) == ["a", "b", "outside"]
    assert [f() for f in module.NAMES] == ["a", "b"]


def test_a_name_that_the_program_made_itself_stays(releases: Any) -> None:
    """Only what the old release defines is deleted."""
    live = releases.load(SOURCE)
    live.module.made_at_run_time = 1
    live.patch(SOURCE.replace("LIMIT: int = 1\n", ""))
    assert live.module.made_at_run_time == 1
