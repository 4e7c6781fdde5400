"""Reasons that did not count when a patch was planned, and do when it is applied."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from packaging.version import Version

from upward_asgi.appup import make_appup
from upward_asgi.appup.moot import Moot
from upward_asgi.appup.verdict import Reason
from upward_asgi.errors import NotHot
from upward_asgi.patch import Prepared, SysPathImports, prepare
from upward_asgi.patch.modules import imported_modules

BEFORE = "def go():\n    return 1\n"
AFTER = "def go():\n    return 2\n"


def prepared(live: Any, source: str, *moot: Moot) -> Prepared:
    """The patch of one module; `late` stands beside it and is not imported."""
    new = live.root.parent / f"{live.root.name}_next"
    new.mkdir()
    (new / f"{live.name}.py").write_text(source)
    for root in (live.root, new):
        (root / f"{live.name}_late.py").write_text("")
    appup = make_appup(live.root, new, old_version=Version("1.0.0"), new_version=Version("1.0.1"))
    return prepare(appup.up, old=live.root, new=new, imports=SysPathImports(live.root), moot=moot)


def moot_of(live: Any, code: str) -> Moot:
    return Moot(f"{live.name}_late", Reason(code, "it would be lost", f"{live.name}_late.py", 1, "mark it"))


def test_a_module_that_is_imported_between_plan_and_patch(releases: Any, monkeypatch: Any) -> None:
    """The reason counts after all: the patch is refused, and says why; without the import it goes."""
    live = releases.load(BEFORE)
    moot = moot_of(live, "live_state")
    patch = prepared(live, AFTER, moot)
    with monkeypatch.context() as meanwhile:
        meanwhile.setitem(sys.modules, moot.module, ModuleType(moot.module))
        with pytest.raises(NotHot) as refused:
            patch.apply()
    (reason,) = refused.value.reasons
    assert (reason.code, reason.file, reason.advice) == ("live_state", moot.reason.file, "mark it")
    assert f"{moot.module} was not imported when the upgrade was planned, and is now" in reason.message
    assert live.module.go() == 1
    patch.apply()
    assert live.module.go() == 2


@pytest.mark.parametrize(("code", "hot"), [("startup", False), ("live_state", True)])
def test_a_module_that_the_patch_itself_imports(releases: Any, code: str, hot: bool) -> None:
    """It comes as a fresh start would have it, but its start-up code would not run: then all is undone."""
    live = releases.load(BEFORE)
    moot = moot_of(live, code)
    patch = prepared(live, f"import {moot.module}\n\n\n{AFTER}", moot)
    if hot:
        patch.apply()
        assert live.module.go() == 2
        assert sys.modules.pop(moot.module) is not None
        return
    with pytest.raises(NotHot, match="is now"):
        patch.apply()
    assert live.module.go() == 1
    assert moot.module not in sys.modules
    assert not hasattr(live.module, moot.module)


@pytest.mark.parametrize(
    ("file", "spec", "names"),
    [
        ("/srv/board/app.py", None, {"app", "board.app"}),
        ("/srv/board/app.py", "board.app", {"board.app"}),
        (None, None, set()),
    ],
)
def test_the_main_module_has_a_name_of_its_own(
    monkeypatch: Any, file: str | None, spec: str | None, names: set[str]
) -> None:
    """A service started as a script runs a module of the release under another name."""
    main = ModuleType("__main__")
    main.__file__ = file
    main.__spec__ = None if spec is None else type(sys.__spec__)(spec, None)  # type: ignore[union-attr, call-arg]
    monkeypatch.setitem(sys.modules, "__main__", main)
    found = imported_modules()
    assert names <= found
    assert found >= sys.modules.keys()
