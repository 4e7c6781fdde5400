"""Layout changes: instances follow where the interpreter lets them, else nothing happens."""

from __future__ import annotations

from typing import Any

import pytest

from upward_asgi.errors import NotHot, PatchFailed


def test_slots_may_change_while_no_instance_lives(releases: Any) -> None:
    """New instances have the new slot; the name stands for one class."""
    live = releases.load("class P:\n    __slots__ = ('x',)\nALIAS = P\n")
    live.patch("class P:\n    __slots__ = ('x', 'y')\nALIAS = P\n")
    p = live.module.P()
    p.y = 1
    assert live.module.ALIAS is live.module.P
    assert not hasattr(p, "__dict__")


def test_instances_that_cannot_follow_leave_everything_as_it_was(releases: Any) -> None:
    """A class that becomes a subclass of `int` is refused, and nothing of the module has changed."""
    live = releases.load("class N:\n    def f(self): return 1\ndef other(): return 1\n")
    n, cls = live.module.N(), live.module.N
    before = dict(live.module.__dict__)
    with pytest.raises((NotHot, PatchFailed)):
        live.patch("class N(int):\n    def f(self): return 2\ndef other(): return 2\n")
    assert type(n) is live.module.N is cls
    assert (n.f(), live.module.other()) == (1, 1)
    assert dict(live.module.__dict__) == before


def test_without_instances_a_class_may_get_any_layout(releases: Any) -> None:
    """The new class takes the name, and whoever held the old class holds it."""
    live = releases.load("class N:\n    def f(self): return 1\nTABLE = {'n': N}\n")
    live.patch("class N(int):\n    def f(self): return self + 1\nTABLE = {'n': N}\n")
    assert live.module.N(4).f() == 5
    assert live.module.TABLE == {"n": live.module.N}


def test_a_metaclass_that_cannot_be_set_leaves_nothing_to_undo(releases: Any) -> None:
    """CPython refuses `type` to `ABCMeta`: undoing the attempt must not fail in its turn."""
    live = releases.load("class A:\n    def f(self): return 1\n")
    made = live.module.A()
    with pytest.raises(PatchFailed, match="ZeroDivisionError"):
        live.patch("import abc\nclass A(abc.ABC):\n    def f(self): return 2\n1 / 0\n")
    assert type(live.module.A) is type
    assert made.f() == 1
