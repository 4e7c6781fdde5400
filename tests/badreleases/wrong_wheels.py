"""Releases whose wheel is wrong: what is in it, what it says of itself, what it brings for the upgrade."""

# ruff: noqa: E501 - a table: one kind a line

from __future__ import annotations

import json
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from base import BASE, NAME, Bad, Files, Make, edited

from tests.wheels import contents_of, record_of, write_archive, write_wheel

__all__ = ["WHEELS"]

VERSION = "1.0.1"
INFO = f"{NAME}-{VERSION}.dist-info"
CHANGED: Files = edited(BASE, "words.py", ("hello", "bad-day"))


def _with(
    change: Callable[[dict[str, bytes]], object], *, record: bool = True, files: Files = CHANGED
) -> Make:
    """The wheel with its contents changed, before the RECORD is written or (`record=False`) after it."""

    def make(folder: Path) -> Path:
        contents = contents_of(NAME, VERSION, files)
        if record:
            change(contents)
            contents |= record_of(NAME, VERSION, contents)
        else:
            contents |= record_of(NAME, VERSION, contents)
            change(contents)
        return write_archive(folder, NAME, VERSION, contents)

    return make


def _metadata(*lines: str, name: str = NAME, version: str = VERSION) -> Make:
    text = "\n".join([f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *lines, ""]).encode()
    return _with(lambda found: found.update({f"{INFO}/METADATA": text}))


def _file(path: str, content: bytes = b"x", *, record: bool = True, files: Files = CHANGED) -> Make:
    return _with(lambda found: found.update({path: content}), record=record, files=files)


def _settings(settings: object, files: Files = CHANGED) -> Make:
    return _file(f"{INFO}/upward.json", json.dumps(settings).encode(), files=files)


def _cut(folder: Path) -> Path:
    path = write_wheel(folder, NAME, VERSION, CHANGED)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _no_archive(folder: Path) -> Path:
    path = folder / f"{NAME}-{VERSION}-py3-none-any.whl"
    path.write_bytes(b"not a wheel at all")
    return path


def _twice(folder: Path) -> Path:
    path = write_wheel(folder, NAME, VERSION, CHANGED)
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is there twice is the point
        archive.writestr(f"{NAME}/words.py", b"EVIL = 1\n")
    return path


def _symlink(folder: Path) -> Path:
    path = write_wheel(folder, NAME, VERSION, CHANGED)
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo(f"{NAME}/link.py")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return path


def _renamed(folder: Path) -> Path:
    return write_wheel(folder, NAME, VERSION, CHANGED).rename(folder / "release.whl")


def _other_application(folder: Path) -> Path:
    return write_wheel(folder, "another", VERSION, CHANGED)


def _new_base(folder: Path) -> Path:
    return write_wheel(folder, NAME, "1.1.0", CHANGED)


def _appup(**changes: object) -> Make:
    return _file(f"{INFO}/appup.json", json.dumps(changes).encode())


def _wheel(name: str, make: Make, words: str, ends: str = "not unpacked", **options: object) -> Bad:
    return Bad("wheel", name, make, ends, words, **options)  # type: ignore[arg-type]


_CONTENTS = [
    _wheel("truncated", _cut, "zip"),
    _wheel("no archive at all", _no_archive, "zip"),
    _wheel("a name that is no wheel's", _renamed, "name"),
    _wheel("another version inside", _metadata(version="1.0.7"), "1.0.7"),
    _wheel("another name inside", _metadata(name="other"), "other"),
    _wheel("no METADATA", _with(lambda found: found.pop(f"{INFO}/METADATA")), "METADATA"),
    _wheel("no WHEEL", _with(lambda found: found.pop(f"{INFO}/WHEEL")), "WHEEL"),
    _wheel("no RECORD", _with(lambda found: found.pop(f"{INFO}/RECORD"), record=False), "RECORD"),
    _wheel("a hash that is not the file's", _file(f"{NAME}/words.py", b"EVIL = 1\n", record=False), "words.py"),
    _wheel("a file that RECORD does not know", _file(f"{NAME}/more.py", record=False), "more.py"),
    _wheel("the same file twice", _twice, "words.py"),
    _wheel("a path out of the folder", _file("../escaped.py"), "escaped.py"),
    _wheel("an absolute path", _file("/tmp/escaped.py"), "escaped.py"),
    _wheel("a symlink", _symlink, "link.py"),
    _wheel("an archive bomb", _file(f"{NAME}/zeros.bin", bytes(1 << 26)), "unpacked per packed byte"),
    _wheel("compiled for one platform", _with(lambda found: found.update({f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-linux_x86_64\n"})), "Root-Is-Purelib"),
    _wheel("of another application", _other_application, "another"),
    _wheel("an unknown setting", _settings({"kepe": []}), "kepe"),
]  # fmt: skip

_DEMANDS = [
    _wheel("needs another Python", _metadata("Requires-Python: >=3.99"), "3.99", "refused"),
    _wheel("needs a distribution that is not there", _metadata("Requires-Dist: nowhere-to-be-found>=2"), "nowhere-to-be-found", "refused"),
    _wheel("needs a newer one than is there", _metadata("Requires-Dist: anyio>=99"), "anyio", "refused"),
    _wheel("brings a native extension", _file(f"{NAME}/fast.cpython-311-x86_64-linux-gnu.so"), "fast"),
    _wheel("brings a database migration", _file(f"{NAME}/migrations/versions/0001_init.py", b"revision = '1'\ndef upgrade(): ...\n"), "migration", "refused"),
    _wheel("a minor release", _new_base, "new base", "refused"),
]  # fmt: skip

_BROUGHT = [
    _wheel("appup.json is no JSON", _file(f"{INFO}/appup.json", b"{"), "appup.json"),
    _wheel("appup.json with an unknown instruction", _appup(format=1, name=NAME, up=[{"op": "conjure"}]), "appup.json"),
    _wheel("a transform that is not there", _settings({"transforms": ["svc.nothing:Pass"]}), "svc.nothing", "refused"),
    _wheel("a transform that raises", _settings({"transforms": ["svc.passes:Pass"]}, {**CHANGED, "passes.py": "class Pass:\n    def up(self, *a):\n        raise RuntimeError('passed away')\n    down = up\n"}), "passed away", "refused"),
    _wheel("a transform that returns nonsense", _settings({"transforms": ["svc.passes:Pass"]}, {**CHANGED, "passes.py": "class Pass:\n    def up(self, *a):\n        return 5\n    down = up\n"}), "svc.passes:Pass", "refused"),
    _wheel("a `code_change` that no release defines", _settings({"code_change": "svc.app:nothing"}), "svc.app:nothing", "refused"),
    _wheel("its own check fails", _settings({"rehearse": "svc.checks:rehearse"}, {**CHANGED, "checks.py": "def rehearse(app):\n    raise AssertionError('the menu is empty')\n"}), "the menu is empty", "refused"),
    _wheel("`code_change` of the application is no function", _settings({"code_change": "svc.app:ROOM"}), "svc.app:ROOM", "refused"),
]  # fmt: skip

WHEELS = [*_CONTENTS, *_DEMANDS, *_BROUGHT]
