"""The living functions of a module get its new code, wherever they are held."""

from __future__ import annotations

import functools
from typing import Any

from upward_asgi.patch.living import LivingFunctions


def test_functions_are_found_by_the_dictionary_of_their_module(releases: Any) -> None:
    """Closures, methods and functions in tables are found; copied names do not mislead."""
    live = releases.load(
        "import functools\n"
        "def outer():\n  def inner(): return 1\n  return inner\n"
        "class C:\n  def m(self): return 1\n"
        "HELD = [outer(), lambda: 1]\n"
    )

    @functools.wraps(live.module.outer)
    def foreign() -> None: ...

    found = LivingFunctions.scan([live.module.__dict__]).by_module[id(live.module.__dict__)]
    expected = [live.module.outer, live.module.C.m, *live.module.HELD]
    assert all(any(f is item for f in found) for item in expected)
    assert all(f is not foreign for f in found)


def test_moved_functions_get_their_new_lines(releases: Any) -> None:
    """A function whose text did not change runs code that names its new line."""
    live = releases.load("def f(): return 1\n")
    f = live.module.f
    live.patch("# a line\n# another\ndef f(): return 1\n")
    assert live.module.f is f
    assert f.__code__.co_firstlineno == 3


def test_closures_made_before_follow(releases: Any) -> None:
    """Each closure keeps its own variables and runs the new inner function."""
    live = releases.load("def make(n):\n  def inner(): return 'old', n\n  return inner\n")
    one, two = live.module.make(1), live.module.make(2)
    patch = live.patch("def make(n):\n  def inner(): return 'new', n\n  return inner\n")
    assert (one(), two()) == (("new", 1), ("new", 2))
    patch.undo()
    assert (one(), two()) == (("old", 1), ("old", 2))


def test_a_closure_that_cannot_follow_is_reported(releases: Any) -> None:
    """A held closure whose inner function has other free variables is named in the report."""
    live = releases.load("def make(n):\n  def inner(): return n\n  return inner\n")
    held = live.module.make(1)
    patch = live.patch("def make(n):\n  m = 2\n  def inner(): return n, m\n  return inner\n")
    assert live.module.make(1)() == (1, 2)
    assert held() == 1
    assert patch.report.left == (f"{live.name}:make.<locals>.inner",)


def test_caches_of_changed_functions_are_cleared_and_others_kept(releases: Any) -> None:
    """Stale results go; what a function that did not change remembered stays."""
    source = (
        "import functools\n@functools.cache\ndef f(): return 1\n@functools.cache\ndef g(): return object()\n"
    )
    live = releases.load(source)
    live.module.f()
    kept = live.module.g()
    live.patch(source.replace("return 1", "return 2"))
    assert live.module.f() == 2
    assert live.module.g() is kept
