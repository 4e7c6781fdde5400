"""Whatever step a mutation dies or fails at: the store opens, boots, is whole, and the retry works."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import upward_asgi
from upward_asgi.errors import StoreCorrupt, StoreError, StoreLocked, StoreMissing
from upward_asgi.store import Store
from upward_asgi.store.locks import REGISTER_LOCK, UNPACK_LOCK

MakeWheel = Callable[..., Path]


class DiskFull:
    """Makes the n-th durable call raise, and only that one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self.left = step
        self.raised = False
        for name in ("fsync", "replace", "symlink"):
            monkeypatch.setattr(os, name, self._failing(getattr(os, name)))

    def _failing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == -1:
                self.raised = True
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return call


def child_environment() -> dict[str, str]:
    """Children import the same `upward_asgi` as this process, installed or not."""
    return {**os.environ, "PYTHONPATH": str(Path(upward_asgi.__file__).parents[1])}


def everything(store: Path) -> dict[str, bytes | str]:
    """What a store says it holds: the register, the symlink, and the files of registered releases."""
    held: dict[str, bytes | str] = {"register": (store / "RELEASES.json").read_bytes()}
    link = store / "current"
    held["current"] = str(link.readlink()) if link.is_symlink() else ""
    for release in Store.open(store).releases():
        held |= {str(p): p.read_bytes() for p in release.root.rglob("*") if p.is_file()}
    return held


def steps() -> Iterator[int]:
    yield from range(500)
    raise AssertionError("the operation never got through")


Operation = Callable[[Store], object]


@pytest.mark.parametrize(
    "name", ["unpack", "unpack_patch", "boot", "make_current", "make_permanent", "mark_failed"]
)
def test_failing_at_every_step(name: str, tmp_path: Path, make_wheel: MakeWheel) -> None:
    """A full disk at any step changes nothing, is a StoreError, and the same call works afterwards."""
    first, patch = make_wheel("1.0.0"), make_wheel("1.0.1")
    operations: dict[str, Operation] = {
        "unpack": lambda s: s.unpack(first),
        "unpack_patch": lambda s: s.unpack(patch),
        "boot": lambda s: s.boot(),
        "make_current": lambda s: s.make_current("1.0.1"),
        "make_permanent": lambda s: s.make_permanent("1.0.1"),
        "mark_failed": lambda s: s.mark_failed("1.0.1", "hung"),
    }
    before: dict[str, list[str]] = {
        "unpack": [],
        "unpack_patch": ["unpack", "boot"],
        "boot": ["unpack", "unpack_patch"],
    }
    done = before.get(name, ["unpack", "unpack_patch", "boot"])
    operation = operations[name]
    for step in steps():
        store = Store.create(tmp_path / f"store{step}")
        for earlier in done:
            operations[earlier](store)
        held = everything(store.root)
        with pytest.MonkeyPatch.context() as patched:
            fault = DiskFull(patched, step)
            if not _fails(operation, store):
                assert not fault.raised
                assert step > 2
                return
        after = everything(store.root)
        if held["current"] == "":
            after["current"] = ""  # the first boot may leave a symlink; it names what is to be booted anyway
        assert after == held, f"step {step}"
        operation(store)
        Store.open(store.root).boot()
        for release in store.releases():
            store.verify(release.version)


def _fails(operation: Operation, store: Store) -> bool:
    try:
        operation(store)
    except StoreError as error:
        assert "No space left" in str(error)
        return True
    return False


def test_disk_that_loses_bytes(store: Store, make_wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is read again before it becomes a release."""

    def copy(source: Any, target: Any, length: int) -> None:
        target.write(source.read()[:-1])

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", copy)
        with pytest.raises(StoreCorrupt, match="changed"):
            store.unpack(make_wheel("1.0.0"))
    assert store.releases() == ()
    assert not (store.root / "1.0.0").exists()
    assert not list(store.root.glob(".unpacking-*"))
    store.unpack(make_wheel("1.0.0"))
    store.verify("1.0.0")


@pytest.mark.slow
def test_sigkill_at_every_step(tmp_path: Path, make_wheel: MakeWheel) -> None:
    """kill -9 at each durable step of create, unpack, boot, make_current, make_permanent, mark_failed."""
    first, patch = make_wheel("1.0.0"), make_wheel("1.0.1")
    stores = tmp_path / "stores"
    stores.mkdir()
    program = [sys.executable, str(Path(__file__).with_name("kill_at.py")), str(first.parent), str(stores)]
    ran = subprocess.run(
        program, capture_output=True, text=True, timeout=50, check=False, env=child_environment()
    )
    assert ran.returncode == 0, ran.stderr
    killed = int(ran.stdout)
    assert killed > 30
    for step in range(killed):
        _recovers(stores / f"{step}", first, patch)


def _recovers(root: Path, first: Path, patch: Path) -> None:
    """The store opens (or was never made), what it holds is whole, and everything works again."""
    try:
        found = Store.open(root)
    except StoreMissing:
        found = Store.create(root)
    for release in found.releases():
        found.verify(release.version)
    if found.permanent() is not None:
        found.boot()
    found.unpack(first)
    found.unpack(patch)
    found.boot()
    found.make_current("1.0.1")
    assert (root / "current" / "board" / "__init__.py").read_text() == "VERSION = '1.0.1'\n"
    assert not list(root.glob(".unpacking-*"))
    for release in found.releases():
        found.verify(release.version)


class TestLocks:
    def test_another_process_unpacks(self, store: Store, make_wheel: MakeWheel) -> None:
        """Two unpackings wait for each other, then give up; what a server needs is not held back."""
        store.unpack(make_wheel("1.0.0"))
        with FileLock(str(store.root / UNPACK_LOCK)):
            with pytest.raises(StoreLocked, match=r"0\.2 s.*another process"):
                store.unpack(make_wheel("1.0.1"))
            store.boot()
            store.mark_failed("1.0.0", "reason")
        assert len(store.releases()) == 1
        store.unpack(make_wheel("1.0.1"))

    def test_another_process_writes_the_register(self, store: Store, make_wheel: MakeWheel) -> None:
        """No mutation without the lock; reading needs none."""
        store.unpack(make_wheel("1.0.0"))
        store.unpack(make_wheel("1.0.1"))
        store.boot()
        with FileLock(str(store.root / REGISTER_LOCK)):
            for call in (store.make_current, store.make_permanent, store.clear_failed):
                with pytest.raises(StoreLocked):
                    call("1.0.1")
            with pytest.raises(StoreLocked):
                store.unpack(make_wheel("1.0.2"))
            assert len(Store.open(store.root).releases()) == 2
        assert (store.root / "current").readlink() == Path("1.0.0")
        store.unpack(make_wheel("1.0.2"))

    def test_two_processes_unpack_at_once(self, store: Store, make_wheel: MakeWheel) -> None:
        """Both get through, one after the other, and the register holds both."""
        code = "import sys; from upward_asgi.store import Store; Store.open(sys.argv[1]).unpack(sys.argv[2])"
        wheels = [make_wheel(f"1.0.{patch}") for patch in range(4)]
        running = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(store.root), str(wheel)], env=child_environment()
            )
            for wheel in wheels
        ]
        assert [process.wait(timeout=50) for process in running] == [0, 0, 0, 0]
        assert [str(r.version) for r in store.releases()] == ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]
        for release in store.releases():
            store.verify(release.version)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_read_only_store(
    store: Store, make_wheel: MakeWheel, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A read-only store in order opens and boots; a change is refused with the reason."""
    store.unpack(make_wheel("1.0.0"))
    store.unpack(make_wheel("1.0.1"))
    store.boot()
    opening = os.open

    def read_only(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(number, os.strerror(number), str(path))
        return opening(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", read_only)
    opened = Store.open(store.root, lock_timeout=0.2)
    assert str(opened.boot().version) == "1.0.0"
    assert opened.appup("1.0.0", "1.0.1").up
    with pytest.raises(StoreError, match="permissions"):
        opened.make_current("1.0.1")
    with pytest.raises(StoreError, match="permissions"):
        opened.unpack(make_wheel("1.0.2"))
    assert len(opened.releases()) == 2
