"""The live modules themselves: places, names and entries in `sys.modules`."""

from __future__ import annotations

import inspect
import linecache
import pickle
import sys
from types import ModuleType
from typing import Any

from upward_asgi.patch.journal import Journal
from upward_asgi.patch.modules import delete_module, live_modules, rename_module, snapshot_modules


def test_the_live_modules_are_those_of_the_packages() -> None:
    """Submodules count, modules whose name merely starts alike do not."""
    found = live_modules(frozenset({"email"}))
    assert "email" in found
    assert all(name == "email" or name.startswith("email.") for name in found)


def test_a_deleted_module_comes_back(monkeypatch: Any) -> None:
    """It is neither importable nor an attribute of its package, until the undo."""
    package, child = ModuleType("unit_pkg"), ModuleType("unit_pkg.child")
    package.child = child  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "unit_pkg", package)
    monkeypatch.setitem(sys.modules, "unit_pkg.child", child)
    journal = Journal()
    snapshot_modules(journal, frozenset({"unit_pkg"}))
    delete_module(journal, "unit_pkg.child")
    assert "unit_pkg.child" not in sys.modules
    assert not hasattr(package, "child")
    journal.undo()
    assert sys.modules["unit_pkg.child"] is package.child is child  # type: ignore[attr-defined]


def test_what_was_imported_meanwhile_goes(monkeypatch: Any) -> None:
    """A module that the patch brought is not in `sys.modules` after the undo."""
    monkeypatch.setitem(sys.modules, "unit_pkg", ModuleType("unit_pkg"))
    journal = Journal()
    snapshot_modules(journal, frozenset({"unit_pkg"}))
    sys.modules["unit_pkg.new"] = ModuleType("unit_pkg.new")
    journal.undo()
    assert "unit_pkg.new" not in sys.modules


def test_a_renamed_module_says_so_everywhere(releases: Any, monkeypatch: Any) -> None:
    """Functions, classes and their methods name the new module, so that pickling finds them."""
    live = releases.load("def f(): return 1\nclass C:\n    def m(self): return 1\n")
    journal = Journal()
    snapshot_modules(journal, frozenset({live.name, "unit_renamed"}))
    rename_module(journal, live.name, "unit_renamed")
    module = live.module
    assert sys.modules["unit_renamed"] is module
    assert live.name not in sys.modules
    assert {module.__name__, module.f.__module__, module.C.__module__, module.C.m.__module__} == {
        "unit_renamed"
    }
    assert pickle.loads(pickle.dumps(module.C)) is module.C
    journal.undo()
    assert sys.modules[live.name] is module
    assert {module.__name__, module.f.__module__, module.C.__module__} == {live.name}


def test_places_agree_with_the_new_release(releases: Any) -> None:
    """`__file__`, spec, loader, `inspect` and `linecache` show the new file; after the undo the old."""
    live = releases.load("def f(): return 1\n")
    linecache.getlines(live.module.__file__)
    before = (live.module.__file__, live.module.__spec__, live.module.__loader__)
    patch = live.patch("# moved\ndef f(): return 2\n")
    module = live.module
    assert "_next" in module.__file__
    assert (
        module.__spec__.origin == module.__file__ == module.__loader__.path == inspect.getsourcefile(module.f)
    )
    assert inspect.getsource(module.f) == "def f(): return 2\n"
    patch.undo()
    assert (module.__file__, module.__spec__, module.__loader__) == before
    assert inspect.getsource(module.f) == "def f(): return 1\n"
