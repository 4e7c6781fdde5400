"""The store as its users see it: unpack, boot, current, permanent, failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from upward_asgi.errors import BadWheel, StoreCorrupt, StoreError, StoreMissing, UnknownRelease
from upward_asgi.store import Status, Store

MakeWheel = Callable[..., Path]


@pytest.fixture
def filled(store: Store, make_wheel: MakeWheel) -> Store:
    """A store with 1.0.0, 1.0.1, 1.0.2, booted."""
    for version in ("1.0.0", "1.0.1", "1.0.2"):
        store.unpack(make_wheel(version))
    store.boot()
    return store


def statuses(store: Store) -> dict[str, str]:
    return {str(r.version): r.status.value for r in store.releases()}


class TestOpening:
    def test_missing(self, tmp_path: Path) -> None:
        """A folder that is not there is `StoreMissing`, and is not made."""
        with pytest.raises(StoreMissing, match="upward unpack"):
            Store.open(tmp_path / "nowhere")
        assert not (tmp_path / "nowhere").exists()

    def test_folder_without_a_register(self, tmp_path: Path) -> None:
        """An ordinary folder is no store."""
        with pytest.raises(StoreMissing):
            Store.open(tmp_path)

    def test_file(self, tmp_path: Path) -> None:
        """A file is no store, to open or to create."""
        file = tmp_path / "file"
        file.write_text("x")
        with pytest.raises(StoreMissing):
            Store.open(file)
        with pytest.raises(StoreError):
            Store.create(file)

    def test_create_makes_an_empty_register(self, tmp_path: Path) -> None:
        """A new store holds nothing, and says so."""
        store = Store.create(tmp_path / "a" / "releases")
        assert store.releases() == ()
        assert store.permanent() is None
        assert store.current() is None
        document = json.loads((store.root / "RELEASES.json").read_text())
        assert document == {"format": 1, "releases": [], "current": None}

    def test_create_opens_what_is_there(self, filled: Store) -> None:
        """Creating over a store changes nothing."""
        assert Store.create(filled.root).releases() == filled.releases()

    def test_create_refuses_a_folder_of_something_else(self, tmp_path: Path) -> None:
        """A folder with other things in it does not become a store."""
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(StoreCorrupt, match=r"notes\.txt"):
            Store.create(tmp_path)
        assert not (tmp_path / "RELEASES.json").exists()

    def test_root_is_absolute_without_symlinks(self, store: Store, tmp_path: Path) -> None:
        """A store that is reached through a symlink is the same store."""
        (tmp_path / "link").symlink_to(store.root)
        assert Store.open(tmp_path / "link").root == store.root


class TestUnpacking:
    def test_first_release_is_permanent(self, store: Store, make_wheel: MakeWheel) -> None:
        """The first base in an empty store is what the next boot starts."""
        release = store.unpack(make_wheel("1.0.0"))
        assert release.status is Status.PERMANENT
        assert (release.name, str(release.version), str(release.base)) == ("board", "1.0.0", "1.0.0")
        assert release.root == store.root / "1.0.0"
        assert (release.root / "board" / "__init__.py").read_text() == "VERSION = '1.0.0'\n"
        assert release.unpacked_at.tzinfo is not None
        assert store.permanent() == release

    def test_later_releases_are_unpacked(self, store: Store, make_wheel: MakeWheel) -> None:
        """A patch release knows its base; a new minor is its own."""
        for version in ("1.0.0", "1.1.0", "1.0.1"):
            store.unpack(make_wheel(version))
        assert [(str(r.version), str(r.base), r.status) for r in store.releases()] == [
            ("1.0.0", "1.0.0", Status.PERMANENT),
            ("1.0.1", "1.0.0", Status.UNPACKED),
            ("1.1.0", "1.1.0", Status.UNPACKED),
        ]

    def test_older_release_of_the_line_becomes_the_base(self, store: Store, make_wheel: MakeWheel) -> None:
        """The base is the lowest of the line, whenever it came."""
        store.unpack(make_wheel("1.0.3"))
        store.unpack(make_wheel("1.0.1"))
        assert [str(r.base) for r in store.releases()] == ["1.0.1", "1.0.1"]
        assert str(store.permanent() and store.permanent().version) == "1.0.3"

    def test_same_wheel_again(self, filled: Store, make_wheel: MakeWheel) -> None:
        """Unpacking what is in already changes nothing."""
        before = (filled.root / "RELEASES.json").read_bytes()
        assert filled.unpack(make_wheel("1.0.1")) == filled.release("1.0.1")
        assert (filled.root / "RELEASES.json").read_bytes() == before

    def test_same_wheel_mends_a_damaged_release(self, filled: Store, make_wheel: MakeWheel) -> None:
        """A file that somebody changed is put right from the wheel."""
        module = filled.root / "1.0.1" / "board" / "__init__.py"
        module.write_text("VERSION = 'hacked'\n")
        with pytest.raises(StoreCorrupt, match=r"board/__init__\.py changed"):
            filled.verify("1.0.1")
        filled.unpack(make_wheel("1.0.1"))
        filled.verify("1.0.1")
        assert module.read_text() == "VERSION = '1.0.1'\n"

    def test_other_wheel_of_the_same_version(self, filled: Store, make_wheel: MakeWheel) -> None:
        """A release is immutable: other contents want another version."""
        wheel = make_wheel("1.0.1", {"board/__init__.py": "VERSION = 'other'\n"})
        with pytest.raises(BadWheel, match="new version"):
            filled.unpack(wheel)
        filled.verify("1.0.1")

    def test_other_application(self, filled: Store, make_wheel: MakeWheel) -> None:
        """A store holds one application."""
        with pytest.raises(BadWheel, match="one application"):
            filled.unpack(make_wheel("1.0.1", name="chat"))
        assert len(filled.releases()) == 3

    def test_leftovers_of_a_killed_process_are_swept(self, store: Store, make_wheel: MakeWheel) -> None:
        """Half-unpacked folders go away, and an unregistered one of the version's name is replaced."""
        (store.root / ".unpacking-0123" / "board").mkdir(parents=True)
        (store.root / "1.0.0" / "board").mkdir(parents=True)
        (store.root / "1.0.0" / "stale.py").write_text("x = 1")
        store.unpack(make_wheel("1.0.0"))
        store.verify("1.0.0")
        assert not list(store.root.glob(".unpacking-*"))
        assert not (store.root / "1.0.0" / "stale.py").exists()

    def test_executable_bit_is_kept(self, store: Store, tmp_path: Path) -> None:
        """A script in the release can still be run."""
        import zipfile

        from .conftest import record_line, release_files

        files = {**release_files("board", "1.0.0", {"board/__init__.py": ""}), "board/run.sh": b"#!/bin/sh\n"}
        path = tmp_path / "board-1.0.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                info = zipfile.ZipInfo(name)
                info.external_attr = (0o100755 if name.endswith(".sh") else 0o100644) << 16
                archive.writestr(info, content)
            lines = "".join(record_line(n, c) for n, c in files.items())
            archive.writestr("board-1.0.0.dist-info/RECORD", f"{lines}board-1.0.0.dist-info/RECORD,,\n")
        root = store.unpack(path).root
        assert (root / "board" / "run.sh").stat().st_mode & 0o100
        assert not (root / "board" / "__init__.py").stat().st_mode & 0o100


class TestRunning:
    def test_boot_starts_the_permanent_release(self, filled: Store) -> None:
        """After boot the permanent release is current, and `current` shows its files."""
        assert filled.current() == filled.permanent() == filled.release("1.0.0")
        assert (filled.root / "current").readlink() == Path("1.0.0")
        assert filled.release("1.0.0").status is Status.PERMANENT

    def test_boot_of_an_empty_store(self, store: Store) -> None:
        """Nothing to boot is an error that says what to do."""
        with pytest.raises(StoreError, match="upward unpack"):
            store.boot()

    def test_make_current(self, filled: Store) -> None:
        """After a patch the new release is current, provisionally; permanent stays permanent."""
        filled.make_current("1.0.1")
        assert statuses(filled) == {"1.0.0": "permanent", "1.0.1": "current", "1.0.2": "unpacked"}
        filled.make_current(Version("1.0.2"))
        assert statuses(filled) == {"1.0.0": "permanent", "1.0.1": "old", "1.0.2": "current"}
        assert (filled.root / "current" / "board" / "__init__.py").read_text() == "VERSION = '1.0.2'\n"

    def test_back_to_the_permanent_release(self, filled: Store) -> None:
        """A downgrade to the base leaves one release that is both, reported as permanent."""
        filled.make_current("1.0.1")
        filled.make_current("1.0.0")
        assert statuses(filled) == {"1.0.0": "permanent", "1.0.1": "old", "1.0.2": "unpacked"}
        assert filled.current() == filled.permanent()

    def test_provisional_release_is_gone_after_a_boot(self, filled: Store) -> None:
        """A crash on a provisional release boots the permanent one."""
        filled.make_current("1.0.1")
        assert str(Store.open(filled.root).boot().version) == "1.0.0"
        assert statuses(filled) == {"1.0.0": "permanent", "1.0.1": "unpacked", "1.0.2": "unpacked"}
        assert (filled.root / "current").readlink() == Path("1.0.0")

    def test_make_permanent(self, filled: Store) -> None:
        """What runs can become permanent; the old one was replaced."""
        filled.make_current("1.0.1")
        filled.make_permanent("1.0.1")
        assert statuses(filled) == {"1.0.0": "old", "1.0.1": "permanent", "1.0.2": "unpacked"}
        assert str(filled.boot().version) == "1.0.1"

    def test_make_permanent_beside_what_runs(self, filled: Store) -> None:
        """Another release can be chosen for the next boot; what runs goes on, provisionally."""
        filled.make_permanent("1.0.2")
        assert statuses(filled) == {"1.0.0": "current", "1.0.1": "unpacked", "1.0.2": "permanent"}
        assert (filled.root / "current").readlink() == Path("1.0.0")
        assert str(filled.boot().version) == "1.0.2"
        assert statuses(filled) == {"1.0.0": "unpacked", "1.0.1": "unpacked", "1.0.2": "permanent"}

    def test_boot_sets_a_lost_symlink_again(self, filled: Store) -> None:
        """A missing or dangling `current` is put right by the next boot."""
        (filled.root / "current").unlink()
        filled.boot()
        assert (filled.root / "current").readlink() == Path("1.0.0")
        (filled.root / "current").unlink()
        (filled.root / "current").symlink_to("9.9.9")
        filled.boot()
        assert (filled.root / "current").readlink() == Path("1.0.0")

    def test_boot_writes_nothing_when_nothing_changes(self, filled: Store) -> None:
        """A store that is in order can be read-only."""
        before = (filled.root / "RELEASES.json").stat().st_mtime_ns, (filled.root / "current").lstat().st_ino
        filled.boot()
        after = (filled.root / "RELEASES.json").stat().st_mtime_ns, (filled.root / "current").lstat().st_ino
        assert after == before

    def test_boot_without_the_folder(self, filled: Store) -> None:
        """A release whose folder was deleted does not boot, and the error says how to mend it."""
        import shutil

        shutil.rmtree(filled.root / "1.0.0")
        with pytest.raises(StoreCorrupt, match="unpack its wheel again"):
            filled.boot()
        shutil.rmtree(filled.root / "1.0.1")
        with pytest.raises(StoreCorrupt, match="unpack its wheel again"):
            filled.make_current("1.0.1")
        assert statuses(filled)["1.0.1"] == "unpacked"

    def test_current_is_a_folder(self, filled: Store) -> None:
        """A folder in the place of the symlink is not overwritten."""
        (filled.root / "current").unlink()
        (filled.root / "current").mkdir()
        with pytest.raises(StoreCorrupt, match="symlink"):
            filled.make_current("1.0.1")

    def test_failed_is_remembered(self, filled: Store) -> None:
        """A release that failed says so, to other processes too, until it is forgiven."""
        filled.mark_failed("1.0.1", "code_change raised KeyError")
        assert Store.open(filled.root).release("1.0.1").failed == "code_change raised KeyError"
        filled.clear_failed("1.0.1")
        assert filled.release("1.0.1").failed is None

    @pytest.mark.parametrize("version", ["9.9.9", "1.0", "newest", ""])
    def test_unknown_release(self, filled: Store, version: str) -> None:
        """A version that is not there is named together with those that are, by every call."""
        if version == "1.0":
            assert filled.release(version).version == Version("1.0.0")
            return
        before = (filled.root / "RELEASES.json").read_bytes()
        for call in (filled.release, filled.make_current, filled.make_permanent, filled.verify):
            with pytest.raises(UnknownRelease, match=r"1\.0\.0, 1\.0\.1, 1\.0\.2"):
                call(version)
        assert (filled.root / "RELEASES.json").read_bytes() == before

    def test_release_to_json(self, filled: Store) -> None:
        """A release as JSON is what the register keeps."""
        document = json.loads((filled.root / "RELEASES.json").read_text())
        assert [r.to_json() for r in filled.releases()] == document["releases"]
        assert document["current"] == "1.0.0"

    def test_settings(self, store: Store, make_wheel: MakeWheel) -> None:
        """A release carries the project's settings; without them they are the defaults."""
        text = json.dumps({"keep": ["board.pool:POOL"]})
        modules = {"board/__init__.py": "", "board-1.0.0.dist-info/upward.json": text}
        assert store.unpack(make_wheel("1.0.0", modules)).settings.keep == ("board.pool:POOL",)
        assert store.unpack(make_wheel("1.0.1")).settings.keep == ()


class TestVerify:
    def test_missing_and_strange_files(self, filled: Store) -> None:
        """Every file that is not as in the wheel is named."""
        root = filled.root / "1.0.1"
        (root / "board" / "__init__.py").unlink()
        (root / "board" / "extra.py").write_text("x = 1")
        with pytest.raises(StoreCorrupt, match=r"__init__\.py missing.*extra\.py not in RECORD"):
            filled.verify("1.0.1")
        filled.verify("1.0.0")

    def test_symlink_in_place_of_a_file(self, filled: Store, tmp_path: Path) -> None:
        """A link to the same content is not the file."""
        module = filled.root / "1.0.1" / "board" / "__init__.py"
        (tmp_path / "copy.py").write_bytes(module.read_bytes())
        module.unlink()
        module.symlink_to(tmp_path / "copy.py")
        with pytest.raises(StoreCorrupt, match="changed"):
            filled.verify("1.0.1")

    def test_unhashed_line_in_record(self, filled: Store) -> None:
        """A RECORD whose hash was taken out proves nothing."""
        record = filled.root / "1.0.1" / "board-1.0.1.dist-info" / "RECORD"
        lines = record.read_text().splitlines()
        record.write_text("\n".join(["board/__init__.py,,", *lines[1:]]))
        with pytest.raises(StoreCorrupt, match="changed"):
            filled.verify("1.0.1")

    def test_no_record(self, filled: Store) -> None:
        """Without RECORD nothing can be verified, and that is said."""
        (filled.root / "1.0.1" / "board-1.0.1.dist-info" / "RECORD").unlink()
        with pytest.raises(StoreCorrupt, match="RECORD that can be read"):
            filled.verify("1.0.1")

    def test_bytecode_caches_do_not_matter(self, filled: Store) -> None:
        """A __pycache__ that some tool made is not damage: it is never read."""
        cache = filled.root / "1.0.1" / "board" / "__pycache__"
        cache.mkdir()
        (cache / "__init__.cpython-311.pyc").write_bytes(b"x")
        filled.verify("1.0.1")
