"""What is worked out before the patch, so that nobody waits for it."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.appup import make_appup
from upward_asgi.patch import SysPathImports, prepare

HOME = "LIMIT = {}\ndef value(): return LIMIT\n"
USER = "from home_of_limit import LIMIT\nTWICE = LIMIT * 2\nclass User:\n    limit = LIMIT\n"


def write(root: Path, limit: int) -> Path:
    """A release of two modules, one of which only imports from the other."""
    root.mkdir()
    (root / "home_of_limit.py").write_text(HOME.format(limit), encoding="utf-8")
    (root / "user_of_limit.py").write_text(USER, encoding="utf-8")
    return root


def test_the_step_reads_no_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules are parsed and their statements looked through before: those of mere importers too."""
    old, new = write(tmp_path / "old", 1), write(tmp_path / "new", 2)
    monkeypatch.syspath_prepend(str(old))
    user = importlib.import_module("user_of_limit")
    try:
        appup = make_appup(old, new, old_version=Version("1.0.0"), new_version=Version("1.0.1"))
        prepared = prepare(appup.up, old=old, new=new, imports=SysPathImports(old))

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("looked at in the step, while everybody waits")

        with monkeypatch.context() as patched:
            patched.setattr(ast, "parse", refuse)
            patched.setattr("upward_asgi.appup.definitions.effects_of", refuse)
            patch = prepared.apply()
        assert (user.TWICE, user.User.limit) == (4, 2)
        patch.undo()
        assert (user.TWICE, user.User.limit) == (2, 1)
    finally:
        sys.modules.pop("user_of_limit", None)
        sys.modules.pop("home_of_limit", None)
