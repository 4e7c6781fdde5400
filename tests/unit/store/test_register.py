"""RELEASES.json is read whole and checked whole; what is not exactly a register is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from upward_asgi.errors import StoreCorrupt, StoreError, StoreMissing
from upward_asgi.store import Store, register
from upward_asgi.store.register import Register

ENTRY: dict[str, Any] = {
    "name": "board",
    "version": "1.0.0",
    "base": "1.0.0",
    "status": "permanent",
    "sha256": "ab" * 32,
    "unpacked_at": "2026-11-02T10:00:00+00:00",
    "failed": None,
}
GOOD: dict[str, Any] = {"format": 1, "releases": [ENTRY], "current": "1.0.0"}
MakeWheel = Callable[..., Path]


def second(**changes: object) -> dict[str, Any]:
    """A second entry beside the permanent one."""
    return ENTRY | {"version": "1.0.1", "status": "unpacked"} | changes


def written(folder: Path, document: object) -> Path:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "RELEASES.json").write_text(text)
    return folder


def test_round_trip(tmp_path: Path) -> None:
    """What is written is what is read, and the file keeps its bytes."""
    document = GOOD | {"releases": [ENTRY, second(failed="it hung")]}
    read = register.read(written(tmp_path, document))
    assert read.to_json() == document
    register.write(tmp_path, read)
    assert register.read(tmp_path) == read
    assert not list(tmp_path.glob(".*.staged"))


def test_sorted_by_version(tmp_path: Path) -> None:
    """Whatever the order in the file: 1.0.10 comes after 1.0.9."""
    releases = [second(version="1.0.10"), second(version="1.0.9"), ENTRY]
    read = register.read(written(tmp_path, GOOD | {"releases": releases}))
    assert [str(r.version) for r in read.releases] == ["1.0.0", "1.0.9", "1.0.10"]


def test_missing(tmp_path: Path) -> None:
    """No register, no store."""
    with pytest.raises(StoreMissing, match=r"no RELEASES\.json"):
        register.read(tmp_path)


def test_not_readable(tmp_path: Path) -> None:
    """A register that cannot be read is not a corrupt one."""
    (tmp_path / "RELEASES.json").mkdir()
    with pytest.raises(StoreError, match="permissions") as caught:
        register.read(tmp_path)
    assert type(caught.value) is StoreError


@pytest.mark.parametrize(
    ("document", "match"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("\x00\xff", "JSON"),
        ([], "an object with"),
        ({"format": 1}, "an object with"),
        (GOOD | {"more": 1}, "an object with"),
        (GOOD | {"format": 2}, "format 1"),
        (GOOD | {"format": True}, "format 1"),
        (GOOD | {"format": "1"}, "format 1"),
        (GOOD | {"releases": {}}, "a list of releases"),
        (GOOD | {"releases": ["1.0.0"]}, "a release with"),
        (GOOD | {"releases": [{**ENTRY, "more": 1}]}, "a release with"),
        (GOOD | {"releases": [ENTRY | {"name": ""}]}, "`name` as text"),
        (GOOD | {"releases": [ENTRY | {"version": "one"}]}, "`version` as a version"),
        (GOOD | {"releases": [ENTRY | {"version": 1}]}, "`version` as a version"),
        (GOOD | {"releases": [ENTRY | {"base": None}]}, "`base` as a version"),
        (GOOD | {"releases": [ENTRY | {"status": "fine"}]}, "unpacked, current, permanent, old"),
        (GOOD | {"releases": [ENTRY | {"status": ["old"]}]}, "unpacked, current, permanent, old"),
        (GOOD | {"releases": [ENTRY | {"sha256": "ab"}]}, "64 hexadecimal"),
        (GOOD | {"releases": [ENTRY | {"unpacked_at": "yesterday"}]}, "ISO 8601"),
        (GOOD | {"releases": [ENTRY | {"unpacked_at": 5}]}, "ISO 8601"),
        (GOOD | {"releases": [ENTRY | {"unpacked_at": "2026-11-02T10:00:00"}]}, "time zone"),
        (GOOD | {"releases": [ENTRY | {"failed": True}]}, "text or null"),
        (GOOD | {"releases": [ENTRY, ENTRY]}, "every version once"),
        (GOOD | {"releases": [ENTRY, second(status="permanent")]}, "one permanent release"),
        (GOOD | {"releases": [second()], "current": None}, "one permanent release"),
        (GOOD | {"current": "1.0.9"}, "one of the releases"),
        (GOOD | {"current": 1}, "`current` as a version"),
        (GOOD | {"releases": [ENTRY, second(status="current")]}, "only there"),
        (GOOD | {"releases": [ENTRY, second()], "current": "1.0.1"}, "only there"),
    ],
)
def test_corrupt(tmp_path: Path, document: object, match: str) -> None:
    """Each way to be wrong is named, with what to do; opening and creating refuse, nothing changes."""
    written(tmp_path, document)
    before = (tmp_path / "RELEASES.json").read_bytes()
    for way in (Store.open, Store.create):
        with pytest.raises(StoreCorrupt, match=match) as caught:
            way(tmp_path)
        assert "backup" in caught.value.do
    assert (tmp_path / "RELEASES.json").read_bytes() == before


def test_corrupt_while_open(store: Store, make_wheel: MakeWheel) -> None:
    """A register that breaks under an open store is never overwritten."""
    store.unpack(make_wheel("1.0.0"))
    (store.root / "RELEASES.json").write_text("{")
    for call in (store.boot, store.releases, lambda: store.unpack(make_wheel("1.0.1"))):
        with pytest.raises(StoreCorrupt):
            call()
    assert (store.root / "RELEASES.json").read_text() == "{"


def test_empty_register_is_a_register() -> None:
    """An empty store is not a corrupt one."""
    assert Register().to_json() == {"format": 1, "releases": [], "current": None}
