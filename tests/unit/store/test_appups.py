"""`Store.appup`: the one in the wheel if it is for this pair, else made once and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

import upward_asgi.store.store as store_module
from upward_asgi.appup.appup import Appup
from upward_asgi.errors import BadSource, StoreError, UnknownRelease
from upward_asgi.store import Store

MakeWheel = Callable[..., Path]


@pytest.fixture
def filled(store: Store, make_wheel: MakeWheel) -> Store:
    """Two releases without an appup, and a new minor one."""
    for version in ("1.0.0", "1.0.1", "1.1.0"):
        store.unpack(make_wheel(version))
    return store


def no_more_making(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*args: object) -> Appup:
        raise AssertionError("the appup was made again")

    monkeypatch.setattr(store_module, "appup_between", made)


def test_made_and_kept(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made from the trees; the next time, in another process too, it is read."""
    made = filled.appup("1.0.0", "1.0.1")
    assert (made.old, made.new) == (Version("1.0.0"), Version("1.0.1"))
    assert made.up
    no_more_making(monkeypatch)
    assert Store.open(filled.root).appup("1.0.0", Version("1.0.1")) == made


@pytest.mark.parametrize("damage", ["{", "[]", '{"maker": "0", "old": "", "new": "", "appup": {}}'])
def test_kept_one_is_of_no_use(filled: Store, damage: str) -> None:
    """A damaged one, or one of another version of upward_asgi, is made again."""
    made = filled.appup("1.0.0", "1.0.1")
    (kept,) = (filled.root / ".appups").iterdir()
    kept.write_text(damage)
    assert filled.appup("1.0.0", "1.0.1") == made
    assert json.loads(kept.read_text())["appup"] == made.to_json()


def test_carried_for_another_predecessor(store: Store, make_wheel: MakeWheel) -> None:
    """An appup that was made against another wheel of the old version is not used."""
    old = store.unpack(make_wheel("1.0.0"))
    wrong = Appup(old=Version("1.0.0"), new=Version("1.0.1"))
    files = {
        "board/__init__.py": "VERSION = '1.0.1'\n",
        "board-1.0.1.dist-info/appup.json": wrong.dumps().decode(),
        "board-1.0.1.dist-info/appup-previous.json": json.dumps({"version": "1.0.0", "sha256": "ab" * 32}),
    }
    store.unpack(make_wheel("1.0.1", files))
    assert store.appup("1.0.0", "1.0.1") != wrong
    right = Appup(old=Version("1.0.0"), new=Version("1.0.2"))
    files = {
        "board/__init__.py": "VERSION = '1.0.2'\n",
        "board-1.0.2.dist-info/appup.json": right.dumps().decode(),
        "board-1.0.2.dist-info/appup-previous.json": json.dumps({"version": "1.0.0", "sha256": old.sha256}),
    }
    store.unpack(make_wheel("1.0.2", files))
    assert store.appup("1.0.0", "1.0.2") == right
    assert store.appup("1.0.1", "1.0.2") != right


@pytest.mark.parametrize(("old", "new"), [("1.0.1", "1.0.0"), ("1.0.0", "1.0.0"), ("1.0.1", "1.1.0")])
def test_not_a_patch(filled: Store, old: str, new: str) -> None:
    """Only a later patch release has an appup; the way down is in it."""
    with pytest.raises(StoreError, match="later patch release"):
        filled.appup(old, new)


def test_unknown(filled: Store) -> None:
    """A release that is not there."""
    with pytest.raises(UnknownRelease):
        filled.appup("1.0.0", "1.0.9")


def test_source_that_does_not_parse(filled: Store, make_wheel: MakeWheel) -> None:
    """A release with a broken module is named when its appup is asked for."""
    filled.unpack(make_wheel("1.0.2", {"board/__init__.py": "def broken(:\n"}))
    with pytest.raises(BadSource, match=r"__init__\.py"):
        filled.appup("1.0.1", "1.0.2")


def test_not_kept_where_the_store_cannot_be_written(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a cache only: without it the appup is made each time."""

    def full(*args: object) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(store_module, "keep_appup", full)
    assert filled.appup("1.0.0", "1.0.1") == filled.appup("1.0.0", "1.0.1")
    assert not (filled.root / ".appups").exists()
