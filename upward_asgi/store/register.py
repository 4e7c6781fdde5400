"""RELEASES.json, the register: which releases the store holds, and which of them runs.

It is read whole and checked whole; what is not exactly a register is `StoreCorrupt`, never guessed at.
It is replaced whole, so a reader needs no lock. Changing it is arithmetic on an immutable value: each
method of `Register` gives the next register.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from packaging.version import InvalidVersion, Version

from ..errors import StoreCorrupt, StoreError, StoreMissing, UnknownRelease
from ..versions import same_line
from .durable import write_file
from .release import Release, Status

__all__ = ["FORMAT", "REGISTER", "Register", "content_of", "read", "write"]

REGISTER = "RELEASES.json"
FORMAT = 1

_FIELDS = {"name", "version", "base", "status", "sha256", "unpacked_at", "failed"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Register:
    """The releases of a store, sorted by version, and the version that runs."""

    releases: tuple[Release, ...] = ()
    current: Version | None = None

    def find(self, version: Version | str) -> Release:
        """The release of this version. Raises `UnknownRelease`."""
        try:
            wanted = version if isinstance(version, Version) else Version(version)
        except InvalidVersion as error:
            raise self._unknown(f"{version!r}, which is no version") from error
        for release in self.releases:
            if release.version == wanted:
                return release
        raise self._unknown(f"{wanted}")

    def permanent(self) -> Release | None:
        """The release that the next boot starts."""
        return next((r for r in self.releases if r.status is Status.PERMANENT), None)

    def running(self) -> Release | None:
        """The release that runs."""
        return None if self.current is None else self.find(self.current)

    def adding(self, release: Release) -> Register:
        """With one release more; the very first is permanent at once."""
        if not self.releases:
            release = replace(release, status=Status.PERMANENT)
        return replace(self, releases=_with_bases((*self.releases, release)))

    def making_current(self, version: Version, *, left: Status = Status.OLD) -> Register:
        """`version` runs; what ran provisionally before has the status `left`."""
        self.find(version)

        def status(release: Release) -> Status:
            if release.status is Status.PERMANENT:
                return Status.PERMANENT
            if release.version == version:
                return Status.CURRENT
            return left if release.status is Status.CURRENT else release.status

        return replace(self._restated(status), current=version)

    def making_permanent(self, version: Version) -> Register:
        """The next boot starts `version`; what runs goes on running."""
        self.find(version)

        def status(release: Release) -> Status:
            if release.version == version:
                return Status.PERMANENT
            if release.status is not Status.PERMANENT:
                return release.status
            return Status.CURRENT if release.version == self.current else Status.OLD

        return self._restated(status)

    def marking(self, version: Version, failed: str | None) -> Register:
        """`version` failed for this reason, or (None) is forgiven."""
        marked = replace(self.find(version), failed=failed)
        kept = (marked if r.version == marked.version else r for r in self.releases)
        return replace(self, releases=tuple(kept))

    def to_json(self) -> dict[str, object]:
        """The register as the file holds it."""
        return {
            "format": FORMAT,
            "releases": [release.to_json() for release in self.releases],
            "current": None if self.current is None else str(self.current),
        }

    def _restated(self, status: Callable[[Release], Status]) -> Register:
        return replace(self, releases=tuple(replace(r, status=status(r)) for r in self.releases))

    def _unknown(self, got: str) -> UnknownRelease:
        held = ", ".join(str(r.version) for r in self.releases) or "none: it is empty"
        return UnknownRelease(
            expected=f"a release that the store holds ({held})",
            got=got,
            do="name one of those, or put the release in with `upward unpack WHEEL --store DIR`",
        )


def read(root: Path) -> Register:
    """The register of the store at `root`. Raises `StoreMissing`, `StoreCorrupt`, `StoreError`."""
    file = root / REGISTER
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreMissing(
            expected=f"a store at {root}",
            got=f"no {REGISTER} there",
            do=f"make one with `upward unpack WHEEL --store {root}`, or name the right folder",
        ) from error
    except OSError as error:
        raise StoreError(
            expected=f"a register that can be read at {file}",
            got=f"{type(error).__name__}: {error}",
            do="check the owner and the permissions of the store",
        ) from error
    return _parsed(content, file)


def write(root: Path, register: Register) -> None:
    """Replace the register, in one step that survives a crash. Call it under the register's lock."""
    write_file(root / REGISTER, content_of(register))


def content_of(register: Register) -> bytes:
    """The register as its file has it."""
    text = json.dumps(register.to_json(), indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def _with_bases(releases: tuple[Release, ...]) -> tuple[Release, ...]:
    """Sorted, each with the lowest release of its line as base."""

    def based(release: Release) -> Release:
        line = (r.version for r in releases if same_line(r.version, release.version))
        return replace(release, base=min(line))

    return tuple(sorted(map(based, releases), key=lambda r: r.version))


def _parsed(content: bytes, file: Path) -> Register:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _corrupt(file, "JSON", str(error)) from error
    if not isinstance(document, dict) or set(document) != {"format", "releases", "current"}:
        raise _corrupt(file, "an object with `format`, `releases`, `current`", _shown(document))
    if document["format"] != FORMAT or isinstance(document["format"], bool):
        raise _corrupt(file, f"format {FORMAT}", f"format {_shown(document['format'])}")
    if not isinstance(document["releases"], list):
        raise _corrupt(file, "a list of releases", _shown(document["releases"]))
    releases = tuple(_release(entry, file) for entry in document["releases"])
    current = None if document["current"] is None else _version(document["current"], "current", file)
    register = Register(tuple(sorted(releases, key=lambda r: r.version)), current)
    _check(register, file)
    return register


def _release(entry: object, file: Path) -> Release:
    if not isinstance(entry, Mapping) or set(entry) != _FIELDS:
        raise _corrupt(file, f"a release with {', '.join(sorted(_FIELDS))}", _shown(entry))
    version = _version(entry["version"], "version", file)
    failed = entry["failed"]
    if failed is not None and not isinstance(failed, str):
        raise _corrupt(file, f"`failed` of {version} as text or null", _shown(failed))
    return Release(
        name=_text(entry, "name", file),
        version=version,
        base=_version(entry["base"], "base", file),
        status=_status(entry, version, file),
        sha256=_sha256(entry, version, file),
        unpacked_at=_moment(entry, version, file),
        root=file.parent / str(version),
        failed=failed,
    )


def _check(register: Register, file: Path) -> None:
    """What must hold between the entries."""
    versions = [r.version for r in register.releases]
    twice = [str(v) for v, following in itertools.pairwise(versions) if v == following]
    if twice:
        raise _corrupt(file, "every version once", f"{twice[0]} twice")
    permanent = [str(r.version) for r in register.releases if r.status is Status.PERMANENT]
    if versions and len(permanent) != 1:
        raise _corrupt(file, "one permanent release", f"{', '.join(permanent) or 'none'}")
    if register.current is not None and register.current not in versions:
        raise _corrupt(file, "`current` to be one of the releases", f"{register.current}")
    for release in register.releases:
        runs = release.version == register.current
        fits = (
            release.status in (Status.CURRENT, Status.PERMANENT) if runs else release.status != Status.CURRENT
        )
        if not fits:
            raise _corrupt(
                file,
                "the status `current` (or `permanent`) at the version that `current` names, and only there",
                f"{release.status} at {release.version} while `current` is {register.current}",
            )


def _version(value: object, name: str, file: Path) -> Version:
    try:
        return Version(value if isinstance(value, str) else "")
    except InvalidVersion as error:
        raise _corrupt(file, f"`{name}` as a version", _shown(value)) from error


def _text(entry: Mapping[str, object], name: str, file: Path) -> str:
    value = entry[name]
    if isinstance(value, str) and value:
        return value
    raise _corrupt(file, f"`{name}` as text", _shown(value))


def _status(entry: Mapping[str, object], version: Version, file: Path) -> Status:
    value = entry["status"]
    if isinstance(value, str) and value in list(Status):
        return Status(value)
    raise _corrupt(file, f"`status` of {version} as one of {', '.join(Status)}", _shown(value))


def _sha256(entry: Mapping[str, object], version: Version, file: Path) -> str:
    value = entry["sha256"]
    if isinstance(value, str) and _SHA256.fullmatch(value):
        return value
    raise _corrupt(file, f"`sha256` of {version} as 64 hexadecimal digits", _shown(value))


def _moment(entry: Mapping[str, object], version: Version, file: Path) -> datetime:
    value = entry["unpacked_at"]
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise _corrupt(file, f"`unpacked_at` of {version} in ISO 8601", _shown(value)) from error
    if moment.tzinfo is None:
        raise _corrupt(file, f"`unpacked_at` of {version} with a time zone", _shown(value))
    return moment


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _corrupt(file: Path, expected: str, got: str) -> StoreCorrupt:
    return StoreCorrupt(
        expected=f"{expected} in {file}",
        got=got,
        do="put the register back from a backup; without one, unpack the releases into a new store",
    )
