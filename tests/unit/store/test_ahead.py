"""Registers that are written before they are needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.wheels import write_wheel
from upward_asgi.errors import StoreError
from upward_asgi.store import Status, Store, durable
from upward_asgi.store.register import REGISTER

V0, V1, V2 = "1.0.0", "1.0.1", "1.0.2"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that runs 1.0.0 and holds two patch releases of it."""
    made = Store.create(tmp_path / "releases")
    for version in (V0, V1, V2):
        made.unpack(write_wheel(tmp_path, "app", version, {"__init__.py": ""}))
    made.boot()
    return made


def ahead(store: Store, *versions: str) -> None:
    store.write_ahead([store.release(version).version for version in versions])


def runs(store: Store) -> tuple[str, str, Status]:
    """What the register says that runs, what `current` points to, and its status."""
    current = store.current()
    assert current is not None
    return str(current.version), (store.root / "current").readlink().name, current.status


@pytest.fixture
def flushes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The files that were flushed."""
    found: list[int] = []
    flush = os.fsync

    def counting(descriptor: int) -> None:
        found.append(descriptor)
        flush(descriptor)

    monkeypatch.setattr(durable.os, "fsync", counting)
    return found


def test_no_wait_for_the_disk(store: Store, flushes: list[int]) -> None:
    """Hop by hop each release becomes current without a flush; what is written is the same."""
    ahead(store, V1, V2)
    assert runs(store)[0] == V0
    flushes.clear()
    store.make_current(V1)
    assert runs(store) == (V1, V1, Status.CURRENT)
    store.make_current(V2)
    assert runs(store) == (V2, V2, Status.CURRENT) and flushes == []
    written = (store.root / REGISTER).read_bytes()
    store.make_current(V1)  # back, which nobody has written ahead
    assert runs(store) == (V1, V1, Status.CURRENT) and flushes
    store.make_current(V2)
    assert (store.root / REGISTER).read_bytes() == written


def test_a_change_meanwhile_is_not_lost(store: Store, tmp_path: Path) -> None:
    """A release that another process unpacks in between stays in the register."""
    ahead(store, V1)
    Store.open(store.root).unpack(write_wheel(tmp_path, "app", "1.0.3", {"__init__.py": ""}))
    store.make_current(V1)
    assert runs(store) == (V1, V1, Status.CURRENT)
    assert [str(release.version) for release in store.releases()] == [V0, V1, V2, "1.0.3"]


def test_two_processes_that_write_ahead(store: Store) -> None:
    """Each gets what it asked for, though they write to the same file."""
    ahead(store, V1)
    other = Store.open(store.root)
    ahead(other, V2)
    store.make_current(V1)
    assert runs(store) == (V1, V1, Status.CURRENT)
    other.make_current(V2)
    assert runs(store) == (V2, V2, Status.CURRENT)


def test_a_rename_that_fails(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the register cannot be put, `current` points to what it pointed to."""
    ahead(store, V1)

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("upward_asgi.store.store.put_file", full)
    with pytest.raises(StoreError, match="No space left"):
        store.make_current(V1)
    assert runs(store) == (V0, V0, Status.PERMANENT)
