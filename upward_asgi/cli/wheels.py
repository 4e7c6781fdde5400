"""Wheels as files: which release one is, which one came before, and adding files to its .dist-info.

The format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from ..errors import BadProject, BadWheel
from ..versions import is_patch_of

__all__ = ["Wheel", "add_files", "newest_before"]

_STAMP = (2020, 2, 2, 0, 0, 0)
_FILE_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel file: the release it is, by its name."""

    path: Path
    name: str
    """The distribution, normalised."""
    version: Version
    pure: bool
    """Made for every platform and ABI."""

    @property
    def sha256(self) -> str:
        """The file's digest, in hexadecimal: the release's identity."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @classmethod
    def at(cls, path: Path) -> Wheel:
        """The wheel at this path. Raises `BadWheel` when the file is missing or its name is no wheel's."""
        try:
            name, version, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename as error:
            raise BadWheel(
                expected="a wheel named NAME-VERSION-TAGS.whl", got=path.name, do="name a wheel"
            ) from error
        if not path.is_file():
            raise BadWheel(expected=f"a wheel at {path}", got="no file", do="build it: upward build")
        pure = any(tag.abi == "none" and tag.platform == "any" for tag in tags)
        return cls(path, str(name), version, pure)


def newest_before(name: str, version: Version, folder: Path) -> Wheel | None:
    """The release that `version` is the next patch of, among the wheels in a folder."""
    found = (_wheel_or_none(path) for path in sorted(folder.glob("*.whl")))
    wanted = canonicalize_name(name)
    before = (w for w in found if w and w.name == wanted and is_patch_of(version, w.version))
    return max(before, key=lambda w: w.version, default=None)


def _wheel_or_none(path: Path) -> Wheel | None:
    try:
        return Wheel.at(path)
    except BadWheel:
        return None  # some other file; it is not asked for


def add_files(wheel: Path, files: Mapping[str, bytes], target: Path) -> None:
    """Write `wheel` to `target` with these files in its .dist-info and a RECORD that is right.

    Equal inputs give equal bytes. Raises `BadWheel` when the wheel cannot be read.
    """
    try:
        with zipfile.ZipFile(wheel) as source:
            data = _rewritten(source, files)
    except (OSError, zipfile.BadZipFile, KeyError, StopIteration) as error:
        raise BadWheel(expected=f"a wheel at {wheel}", got=str(error), do="build it again") from error
    _write_whole(target, data)


def _rewritten(source: zipfile.ZipFile, files: Mapping[str, bytes]) -> bytes:
    record = next(name for name in source.namelist() if name.endswith(".dist-info/RECORD"))
    folder = record.removesuffix("RECORD")
    added = {folder + name: data for name, data in sorted(files.items())}
    # A signature of RECORD would not hold any more.
    dropped = {record, folder + "RECORD.jws", folder + "RECORD.p7s", *added}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in source.infolist():
            if info.filename not in dropped:
                new.writestr(_entry(info), source.read(info), compresslevel=9)
        lines = _record(source.read(record), added, dropped, record)
        for name, data in {**added, record: lines}.items():
            new.writestr(_entry(zipfile.ZipInfo(name, _STAMP)), data, compresslevel=9)
    return target.getvalue()


def _entry(old: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The same name, time and mode, and nothing that depends on where it was packed."""
    info = zipfile.ZipInfo(old.filename, old.date_time)
    info.external_attr = old.external_attr or _FILE_MODE
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    return info


def _record(old: bytes, added: Mapping[str, bytes], dropped: set[str], record: str) -> bytes:
    rows = [row for row in csv.reader(io.StringIO(old.decode("utf-8"))) if row and row[0] not in dropped]
    for name, data in added.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
        rows.append([name, f"sha256={digest}", str(len(data))])
    rows.append([record, "", ""])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def _write_whole(target: Path, data: bytes) -> None:
    """Write a file so that it is there wholly or not at all. Raises `BadProject`."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".upward-", delete=False) as file:
            file.write(data)
        Path(file.name).chmod(0o644)
        os.replace(file.name, target)  # noqa: PTH105
    except OSError as error:
        raise BadProject(
            expected=f"to write {target}", got=error.strerror or repr(error), do="choose another --out"
        ) from error
