"""Open a wheel and verify it, whole, before anything of it is written.

`installer` checks what is there against RECORD (`validate_contents`: without it a tampered wheel passes);
the rest is checked here: the file's name, the tag, METADATA, the names of the entries, the limits, and
files that RECORD lists but the wheel does not hold.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from io import BufferedReader
from pathlib import Path

from installer.exceptions import InstallerError
from installer.sources import WheelFile
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ..errors import BadWheel, InternalError
from .entries import Complaint, check_entries
from .limits import Limits

__all__ = ["Wheel", "open_wheel", "wheel_name"]

_PURE = Tag("py3", "none", "any")
# What zipfile and installer raise on archives that are damaged or lie about themselves.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    InstallerError,
    ValueError,
    KeyError,
    EOFError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class Wheel:
    """A verified wheel, open for reading."""

    path: Path
    name: str
    """The distribution's name as METADATA spells it."""

    version: Version
    sha256: str
    dist_info: str
    archive: zipfile.ZipFile

    @property
    def files(self) -> tuple[zipfile.ZipInfo, ...]:
        """The entries that are files, in the order of the archive."""
        return tuple(entry for entry in self.archive.infolist() if not entry.is_dir())


@contextlib.contextmanager
def open_wheel(path: Path, limits: Limits | None = None) -> Iterator[Wheel]:
    """The wheel at `path`, verified; open until the block ends. Raises `BadWheel`, `BadSettings`."""
    wheel_name(path)
    with _opened(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise _bad(path, "a zip archive", str(error)) from error
        with archive:
            yield _verified(path, digest, archive, limits or Limits())


def wheel_name(path: Path) -> tuple[str, Version]:
    """The normalized name and the version that the file's name gives. Raises `BadWheel`."""
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise _bad(path, "a file named NAME-VERSION-py3-none-any.whl", f"{path.name!r}") from error
    if _PURE not in tags or any(tag.abi != "none" or tag.platform != "any" for tag in tags):
        got = ", ".join(sorted(map(str, tags)))
        raise _bad(path, "a pure Python wheel, tagged py3-none-any", f"the tag {got}")
    return name, version


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise _bad(path, "a file that can be read", f"{type(error).__name__}: {error.strerror}") from error
    with file:
        yield file


def _verified(path: Path, digest: str, archive: zipfile.ZipFile, limits: Limits) -> Wheel:
    try:
        check_entries(archive.infolist(), path.stat().st_size, limits)
        source = WheelFile(archive)
        dist_info = source.dist_info_dir
        name, version = _check_metadata(source)
        _check_wheel_file(source)
        source.validate_record(validate_contents=True)
        _check_record(source, archive)
        _check_contents(archive, dist_info)
        _check_upward_files(source, version)
    except Complaint as complaint:
        raise _bad(path, complaint.expected, complaint.got) from complaint
    except _DAMAGED as error:
        raise _bad(path, "a wheel that its RECORD describes", str(error)) from error
    return Wheel(path, name, version, digest, dist_info, archive)


def _check_metadata(source: WheelFile) -> tuple[str, Version]:
    """The name and version of METADATA, which the names of the file and of the folder must give too."""
    headers = HeaderParser().parsestr(_dist_info_file(source, "METADATA"))
    name, version = headers.get("Name", ""), headers.get("Version", "")
    folder = source.dist_info_dir.removesuffix(".dist-info")
    try:
        same = Version(version) == Version(source.version) == Version(folder.rpartition("-")[2])
    except InvalidVersion:
        same = False
    if not same:
        got = f"{version or 'none'} in METADATA and the folder {source.dist_info_dir}"
        raise Complaint(f"version {source.version}, as the file's name says", got)
    if canonicalize_name(name) != canonicalize_name(source.distribution):
        raise Complaint(
            f"the name {source.distribution}, as the file's name says", f"{name or 'none'} in METADATA"
        )
    return name, Version(version)


def _check_wheel_file(source: WheelFile) -> None:
    headers = HeaderParser().parsestr(_dist_info_file(source, "WHEEL"))
    wheel_version = headers.get("Wheel-Version", "none")
    if wheel_version.partition(".")[0] != "1":
        raise Complaint("Wheel-Version 1.x in WHEEL", wheel_version)
    if headers.get("Root-Is-Purelib", "").lower() != "true":
        raise Complaint("`Root-Is-Purelib: true` in WHEEL", headers.get("Root-Is-Purelib", "none"))
    tags = headers.get_all("Tag", [])
    if str(_PURE) not in tags:
        raise Complaint(f"`Tag: {_PURE}` in WHEEL", ", ".join(tags) or "none")


def _check_record(source: WheelFile, archive: zipfile.ZipFile) -> None:
    """Every file that RECORD lists is there, once; the other direction is installer's."""
    rows = [row for row in csv.reader(_dist_info_file(source, "RECORD").splitlines()) if row]
    listed = [row[0] for row in rows]
    missing = sorted(set(listed) - set(archive.namelist()))
    if missing:
        raise Complaint("every file that RECORD lists", f"no {missing[0]!r}")
    if len(listed) != len(set(listed)):
        raise Complaint("every file once in RECORD", "one listed twice")
    weak = [
        row[0] for row in rows if row[1] and row[1].partition("=")[0] not in ("sha256", "sha384", "sha512")
    ]
    if weak:
        raise Complaint("hashes of sha256 or stronger in RECORD", f"a weaker one for {weak[0]!r}")


def _check_contents(archive: zipfile.ZipFile, dist_info: str) -> None:
    names = [name for name in archive.namelist() if not name.startswith(f"{dist_info}/")]
    for name in names:
        top, _, rest = name.partition("/")
        if top.endswith(".data") and rest.startswith(("purelib/", "platlib/")):
            raise Complaint("modules at the wheel's root", f"{name!r}")
    if not any(name.endswith(".py") for name in names):
        raise Complaint("at least one Python module", "none")


def _check_upward_files(source: WheelFile, version: Version) -> None:
    """The settings and the appup that the release carries, if any, can be read. Raises `BadSettings`."""
    if not {"upward.json", "appup.json"} & set(source.dist_info_filenames):
        return
    from ..appup.appup import APPUP_FILE, Appup
    from ..appup.settings import SETTINGS_FILE, Settings

    if SETTINGS_FILE in source.dist_info_filenames:
        Settings.from_json(json.loads(source.read_dist_info(SETTINGS_FILE)))
    if APPUP_FILE not in source.dist_info_filenames:
        return
    try:
        appup = Appup.loads(source.read_dist_info(APPUP_FILE))
    except InternalError as error:
        raise Complaint(f"{error.expected} in {APPUP_FILE}", error.got) from error
    if appup.new != version:
        raise Complaint(f"the appup of {version} in {APPUP_FILE}", f"that of {appup.new}")


def _dist_info_file(source: WheelFile, name: str) -> str:
    if name not in source.dist_info_filenames:
        raise Complaint(f"a file {name} in {source.dist_info_dir}", "none")
    return source.read_dist_info(name)


def _bad(path: Path, expected: str, got: str) -> BadWheel:
    return BadWheel(
        expected=f"{expected} ({path.name})",
        got=got,
        do="build the release again with `upward build`, and copy the wheel without changing it",
    )
