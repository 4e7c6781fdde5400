"""Settings that do not fit the release."""

from __future__ import annotations

from pathlib import Path

import pytest

from upward_asgi.appup.settings import Settings
from upward_asgi.appup.settings_checks import settings_verdict
from upward_asgi.appup.trees import Tree, read_tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "board").mkdir()
    (tmp_path / "board/__init__.py").write_text("from .app import *\n")
    (tmp_path / "board/app.py").write_text("import os.path as paths\nPOOL: object = 1\ndef change(): ...\n")
    return read_tree(tmp_path)


@pytest.mark.parametrize(
    "target", ["board.app:change", "board.app:paths.join", "board:anything", "elsewhere.mod:function", None]
)
def test_functions_that_may_be_there(tree: Tree, target: str | None) -> None:
    """A function that is defined, may come by a star import, or is from an installed package, is fine."""
    assert settings_verdict(Settings(code_change=target, config_change=target), tree).hot


@pytest.mark.parametrize("target", ["board.app:chnge", "board.nowhere:change"])
@pytest.mark.parametrize("key", ["code_change", "config_change"])
def test_functions_that_are_missing(tree: Tree, key: str, target: str) -> None:
    """A named function that the release does not define is cold: it could only fail later."""
    (reason,) = settings_verdict(Settings(**{key: target}), tree).reasons
    assert f"`{key}` in [tool.upward] names {target}" in reason.message


def test_markers(tree: Tree) -> None:
    """A marker that fits no name is told, one that does is not."""
    fitting = ("board.app:POOL", "board.*:PO*", "*:paths", "board.app:POOL.size")
    settings = Settings(keep=(*fitting, "board.app:POOOL"), rebuild=("bord.*:POOL",))
    verdict = settings_verdict(settings, tree)
    assert verdict.hot
    assert [note.message.split(",")[0] for note in verdict.notes] == [
        "`keep` in [tool.upward] names board.app:POOOL",
        "`rebuild` in [tool.upward] names bord.*:POOL",
    ]


def test_either_release(tree: Tree, tmp_path: Path) -> None:
    """On the way back the goal is the older release: what only the newer one has counts as well."""
    (tmp_path / "older").mkdir()
    (tmp_path / "older/board.py").write_text("")
    older = read_tree(tmp_path / "older")
    settings = Settings(keep=("board.app:POOL",), code_change="board.app:change")
    assert settings_verdict(settings, older, tree) == settings_verdict(settings, tree, older)
    assert settings_verdict(settings, older, tree).hot
    assert not settings_verdict(settings, older).hot
