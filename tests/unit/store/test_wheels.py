"""A wheel is verified whole before anything of it is written; each way to be wrong is named."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from upward_asgi.errors import BadSettings, BadWheel
from upward_asgi.store import Store
from upward_asgi.store.limits import Limits
from upward_asgi.store.wheels import open_wheel

from .conftest import record_line, release_files, write_wheel

INFO = "board-1.0.0.dist-info"
NAME = "board-1.0.0-py3-none-any.whl"
MakeWheel = Callable[..., Path]
Edit = Callable[[dict[str, bytes]], None]


def good_files() -> dict[str, bytes]:
    return release_files("board", "1.0.0", {"board/__init__.py": "VERSION = '1.0.0'\n"})


def refused(store: Store, wheel: Path, match: str) -> None:
    """The wheel is refused with this reason, and the store is as it was."""
    with pytest.raises(BadWheel, match=match):
        store.unpack(wheel)
    assert store.releases() == ()
    assert [p.name for p in store.root.iterdir() if not p.name.startswith(".")] == ["RELEASES.json"]
    assert not list(store.root.glob(".unpacking-*"))


def add_raw(wheel: Path, entry: zipfile.ZipInfo | str, content: bytes = b"x") -> None:
    """Add an entry, RECORD line and all, whatever its name."""
    with zipfile.ZipFile(wheel) as archive:
        files = {i.filename: archive.read(i) for i in archive.infolist()}
    name = entry if isinstance(entry, str) else entry.filename
    files[f"{INFO}/RECORD"] = record_line(name, content).encode() + files[f"{INFO}/RECORD"]
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, data in files.items():
            archive.writestr(file, data)
        archive.writestr(entry, content)


def test_good_wheel(make_wheel: MakeWheel) -> None:
    """A right wheel tells its name, version and digest."""
    import hashlib

    path = make_wheel()
    with open_wheel(path) as wheel:
        assert (wheel.name, str(wheel.version), wheel.dist_info) == ("board", "1.0.0", INFO)
        assert wheel.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert len(wheel.files) == 4


def test_name_in_another_spelling(store: Store, tmp_path: Path) -> None:
    """The file's name is normalized, METADATA is spelt as the author likes."""
    files = release_files("my_board", "1.0.0", {"board.py": ""})
    files["my_board-1.0.0.dist-info/METADATA"] = b"Metadata-Version: 2.1\nName: My.Board\nVersion: 1.0.0\n"
    wheel = write_wheel(tmp_path / "my_board-1.0.0-py3-none-any.whl", files, "my_board-1.0.0.dist-info")
    assert store.unpack(wheel).name == "My.Board"


class TestFile:
    @pytest.mark.parametrize(
        ("name", "match"),
        [
            ("board.whl", "NAME-VERSION-py3-none-any"),
            ("board-1.0.0.zip", "NAME-VERSION-py3-none-any"),
            ("board-one-py3-none-any.whl", "NAME-VERSION-py3-none-any"),
            ("board-1.0.0-cp311-cp311-manylinux_2_17_x86_64.whl", "cp311-cp311-manylinux"),
            ("board-1.0.0-py3-none-win_amd64.whl", "py3-none-win_amd64"),
            ("board-1.0.0-py2-none-any.whl", "py2-none-any"),
            ("chat-1.0.0-py3-none-any.whl", "doesn't match wheel filename"),
            ("board-1.0.1-py3-none-any.whl", "version 1.0.1, as the file's name says"),
        ],
    )
    def test_wrong_name(self, store: Store, make_wheel: MakeWheel, name: str, match: str) -> None:
        """The name says what the wheel is, and must be true."""
        refused(store, make_wheel().rename(make_wheel().with_name(name)), match)

    def test_missing(self, store: Store, tmp_path: Path) -> None:
        """No file there."""
        refused(store, tmp_path / NAME, "No such file")

    def test_folder(self, store: Store, tmp_path: Path) -> None:
        """A folder is no wheel."""
        (tmp_path / NAME).mkdir()
        refused(store, tmp_path / NAME, "Is a directory")

    @pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
    def test_no_zip(self, store: Store, tmp_path: Path, content: bytes) -> None:
        """Something else under a wheel's name; an empty archive."""
        (tmp_path / NAME).write_bytes(content)
        refused(store, tmp_path / NAME, "zip archive|exactly one")

    def test_cut_off(self, store: Store, make_wheel: MakeWheel) -> None:
        """A download that broke off."""
        path = make_wheel()
        path.write_bytes(path.read_bytes()[:-200])
        refused(store, path, "zip archive")

    def test_every_flipped_byte_of_a_module_is_found(self, store: Store, tmp_path: Path) -> None:
        """Damage in the stored content never gets in."""
        path = tmp_path / NAME
        write_wheel(path, good_files(), INFO)
        with zipfile.ZipFile(path) as archive:
            files = {i.filename: archive.read(i) for i in archive.infolist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        whole = path.read_bytes()
        place = whole.index(b"VERSION = ")
        for offset in range(10):
            damaged = bytearray(whole)
            damaged[place + offset] ^= 1
            path.write_bytes(damaged)
            refused(store, path, "RECORD")


class TestRecord:
    def test_tampered_content(self, store: Store, tmp_path: Path) -> None:
        """A module that was exchanged, with a right checksum of the archive, is caught by its hash."""
        record = "".join(record_line(n, c) for n, c in good_files().items()) + f"{INFO}/RECORD,,\n"
        files = good_files() | {"board/__init__.py": b"VERSION = '6.6.6'\n"}
        refused(store, write_wheel(tmp_path / NAME, files, INFO, record), "board/__init__.py didn't match")

    def test_file_that_record_does_not_list(self, store: Store, tmp_path: Path) -> None:
        """A file that was slipped in."""
        record = "".join(record_line(n, c) for n, c in good_files().items()) + f"{INFO}/RECORD,,\n"
        files = good_files() | {"board/evil.py": b""}
        refused(
            store, write_wheel(tmp_path / NAME, files, INFO, record), "evil.py is not mentioned in RECORD"
        )

    def test_file_that_only_record_lists(self, store: Store, tmp_path: Path) -> None:
        """A file that was taken out."""
        record = "".join(record_line(n, c) for n, c in good_files().items())
        record += record_line("board/gone.py", b"") + f"{INFO}/RECORD,,\n"
        refused(store, write_wheel(tmp_path / NAME, good_files(), INFO, record), r"no 'board/gone\.py'")

    @pytest.mark.parametrize(
        ("line", "match"),
        [
            ("board/__init__.py,,\n", "is not included in RECORD"),
            ("board/__init__.py,md5=abc,18\n", "didn't match|weaker"),
            ("board/__init__.py,sha256=,\n", "RECORD"),
            ("board/__init__.py,rot13=abc,18\n", "RECORD"),
            ("board/__init__.py\n", "RECORD"),
            ('"unclosed', "RECORD"),
        ],
    )
    def test_wrong_line(self, store: Store, tmp_path: Path, line: str, match: str) -> None:
        """A line without a hash, or with one that proves nothing."""
        rest = {n: c for n, c in good_files().items() if n != "board/__init__.py"}
        record = line + "".join(record_line(n, c) for n, c in rest.items()) + f"{INFO}/RECORD,,\n"
        refused(store, write_wheel(tmp_path / NAME, good_files(), INFO, record), match)

    def test_weak_hash(self, store: Store, tmp_path: Path) -> None:
        """A right md5 is no proof."""
        import base64
        import hashlib

        content = good_files()["board/__init__.py"]
        digest = base64.urlsafe_b64encode(hashlib.md5(content).digest()).rstrip(b"=").decode()
        rest = {n: c for n, c in good_files().items() if n != "board/__init__.py"}
        record = f"board/__init__.py,md5={digest},{len(content)}\n"
        record += "".join(record_line(n, c) for n, c in rest.items()) + f"{INFO}/RECORD,,\n"
        refused(store, write_wheel(tmp_path / NAME, good_files(), INFO, record), "weaker one")

    def test_empty_or_binary(self, store: Store, tmp_path: Path) -> None:
        """A RECORD that says nothing."""
        refused(store, write_wheel(tmp_path / NAME, good_files(), INFO, ""), "RECORD")


class TestMetadata:
    @pytest.mark.parametrize(
        ("file", "content", "match"),
        [
            ("METADATA", b"Name: board\nVersion: 1.0.1\n", "version 1.0.0, as the file's name says"),
            ("METADATA", b"Name: chat\nVersion: 1.0.0\n", "chat in METADATA"),
            ("METADATA", b"Version: 1.0.0\n", "none in METADATA"),
            ("METADATA", b"Name: board\nVersion: first\n", "first in METADATA"),
            ("METADATA", b"\xff\xfe", "RECORD"),
            ("METADATA", None, "a file METADATA"),
            ("WHEEL", None, "a file WHEEL"),
            ("WHEEL", b"Wheel-Version: 2.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n", "Wheel-Version 1.x"),
            ("WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n", "Root-Is-Purelib"),
            (
                "WHEEL",
                b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: cp311-cp311-any\n",
                "Tag: py3-none-any",
            ),
            ("appup.json", b"{}", "format 1"),
            ("appup.json", b"[", "appup as JSON"),
            ("upward.json", b"[", "RECORD"),
        ],
    )
    def test_wrong_file(
        self, store: Store, tmp_path: Path, file: str, content: bytes | None, match: str
    ) -> None:
        """What the .dist-info says must be there and agree with the name."""
        files = good_files()
        if content is None:
            del files[f"{INFO}/{file}"]
        else:
            files[f"{INFO}/{file}"] = content
        refused(store, write_wheel(tmp_path / NAME, files, INFO), match)

    def test_bad_settings(self, store: Store, tmp_path: Path) -> None:
        """Settings that are not known are refused before anything is unpacked."""
        files = good_files() | {f"{INFO}/upward.json": b'{"kep": []}'}
        with pytest.raises(BadSettings, match="keep"):
            store.unpack(write_wheel(tmp_path / NAME, files, INFO))
        assert store.releases() == ()

    def test_appup_of_another_version(self, store: Store, tmp_path: Path) -> None:
        """An appup belongs to the release that carries it."""
        from packaging.version import Version

        from upward_asgi.appup.appup import Appup

        appup = Appup(old=Version("1.0.0"), new=Version("1.0.1")).dumps()
        files = good_files() | {f"{INFO}/appup.json": appup}
        refused(store, write_wheel(tmp_path / NAME, files, INFO), r"that of 1\.0\.1")

    def test_no_dist_info(self, store: Store, tmp_path: Path) -> None:
        """A zip of modules is no wheel."""
        with zipfile.ZipFile(tmp_path / NAME, "w") as archive:
            archive.writestr("board/__init__.py", "")
        refused(store, tmp_path / NAME, "exactly one")

    def test_two_dist_infos(self, store: Store, tmp_path: Path) -> None:
        """Two releases in one wheel."""
        files = good_files() | {"chat-1.0.0.dist-info/METADATA": b""}
        refused(store, write_wheel(tmp_path / NAME, files, INFO), "exactly one")

    def test_no_module(self, store: Store, tmp_path: Path) -> None:
        """A wheel without any Python is a packaging mistake."""
        files = release_files("board", "1.0.0", {"board/page.html": ""})
        refused(store, write_wheel(tmp_path / NAME, files, INFO), "at least one Python module")


class TestEntries:
    @pytest.mark.parametrize(
        ("name", "match"),
        [
            ("../evil.py", "escapes"),
            ("board/../../evil.py", "escapes"),
            ("/tmp/evil.py", "absolute"),
            ("C:/evil.py", "absolute"),
            ("C:evil.py", "absolute"),
            ("board\\evil.py", "malformed"),
            ("board//evil.py", "malformed"),
            ("./evil.py", "malformed"),
            ("board/ev\x07il.py", "printable"),
            (f"board/{'n' * 300}.py", "255 bytes"),
            ("board/__init__.py/evil.py", "as both"),
            ("BOARD/__INIT__.py", "every name once"),
            ("board/native.so", "compiled"),
            ("board/cached.pyc", "compiled"),
            ("board-1.0.0.data/purelib/evil.py", "wheel's root"),
        ],
    )
    def test_wrong_name(self, store: Store, make_wheel: MakeWheel, name: str, match: str) -> None:
        """Names that escape, collide, or are not Python's."""
        wheel = make_wheel()
        add_raw(wheel, name)
        refused(store, wheel, match)
        assert not (store.root.parent / "evil.py").exists()

    def test_name_with_nul(self, store: Store, make_wheel: MakeWheel) -> None:
        """zipfile cuts names at NUL; the name in the archive is what counts."""
        wheel = make_wheel()
        add_raw(wheel, "board/evilX.py")
        wheel.write_bytes(wheel.read_bytes().replace(b"board/evilX.py", b"board/evil\0.py"))
        refused(store, wheel, "printable|RECORD")

    def test_twice(self, store: Store, make_wheel: MakeWheel) -> None:
        """The same name twice: which one was verified?"""
        wheel = make_wheel()
        with zipfile.ZipFile(wheel, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("board/__init__.py", "VERSION = 'second'\n")
        refused(store, wheel, "every name once")

    @pytest.mark.parametrize(
        ("kind", "match"),
        [(stat.S_IFLNK, "symbolic link"), (stat.S_IFIFO, "special"), (stat.S_IFCHR, "special")],
    )
    def test_wrong_kind(self, store: Store, make_wheel: MakeWheel, kind: int, match: str) -> None:
        """A link or a device is never made."""
        wheel = make_wheel()
        entry = zipfile.ZipInfo("board/evil.py")
        entry.external_attr = (kind | 0o777) << 16
        add_raw(wheel, entry, b"/etc/passwd")
        refused(store, wheel, match)

    def test_encrypted(self, store: Store, make_wheel: MakeWheel) -> None:
        """A password is not asked for."""
        wheel = make_wheel()
        content = bytearray(wheel.read_bytes())
        content[content.index(b"PK\x01\x02") + 8] |= 1
        wheel.write_bytes(content)
        refused(store, wheel, "not encrypted")

    def test_strange_compression(self, store: Store, make_wheel: MakeWheel) -> None:
        """Only what every installer reads."""
        wheel = make_wheel()
        entry = zipfile.ZipInfo("board/packed.py")
        entry.compress_type = zipfile.ZIP_LZMA
        add_raw(wheel, entry)
        refused(store, wheel, "compression method 14")


class TestLimits:
    LIMITS = Limits(unpacked=1 << 20, entries=10, ratio=50, ratio_from=1 << 10)

    def open(self, wheel: Path, limits: Limits) -> None:
        with open_wheel(wheel, limits):
            pass

    def test_within(self, make_wheel: MakeWheel) -> None:
        """An ordinary wheel is far below."""
        self.open(make_wheel(), self.LIMITS)

    def test_too_many(self, make_wheel: MakeWheel) -> None:
        """Too many files."""
        wheel = make_wheel(modules={f"board/m{n}.py": "" for n in range(10)})
        with pytest.raises(BadWheel, match="at most 10 entries"):
            self.open(wheel, self.LIMITS)

    def test_too_large(self, make_wheel: MakeWheel) -> None:
        """Too much to unpack, by what the archive's directory says, before anything is read out."""
        wheel = make_wheel(modules={"board/big.py": "#" * (1 << 20)})
        with pytest.raises(BadWheel, match="at most 1048576 bytes"):
            self.open(wheel, replace(self.LIMITS, ratio=10_000))

    def test_bomb(self, make_wheel: MakeWheel) -> None:
        """A ratio that only a bomb has; below `ratio_from` it does not matter."""
        wheel = make_wheel(modules={"board/big.py": "#" * 500_000})
        with pytest.raises(BadWheel, match="at most 50 bytes unpacked per packed byte"):
            self.open(wheel, self.LIMITS)
        self.open(wheel, replace(self.LIMITS, ratio_from=1 << 20))

    def test_lie_about_the_size(self, store: Store, make_wheel: MakeWheel) -> None:
        """More content than the directory says is not read out."""
        wheel = make_wheel(modules={"board/big.py": "#" * 5000})
        content = wheel.read_bytes()
        assert content.count((5000).to_bytes(4, "little")) == 2
        wheel.write_bytes(content.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
        refused(store, wheel, "RECORD")
