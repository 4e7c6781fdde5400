"""`upward build`: from a project to a release, with its appup inside when it is a patch release."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import BadProject, BadWheel
from ..versions import is_patch_of
from .appups import PREVIOUS_FILE
from .backend import run_backend
from .durable import write_file, writing
from .rewriting import with_files
from .unpacking import extract
from .wheels import Wheel, open_wheel, wheel_name

if TYPE_CHECKING:
    from ..appup.appup import Appup
    from ..appup.settings import Settings

__all__ = ["BuiltRelease", "build_release"]


@dataclass(frozen=True, slots=True)
class BuiltRelease:
    """A release in the folder of wheels."""

    wheel: Path
    name: str
    version: Version
    sha256: str
    """Of the wheel: building again gives the same."""

    previous: Version | None
    """The release that the appup starts from; None for a base."""

    appup: Appup | None

    def to_json(self) -> dict[str, object]:
        """What was built, as plain JSON values; the verdict instead of the whole appup."""
        return {
            "wheel": str(self.wheel),
            "name": self.name,
            "version": str(self.version),
            "sha256": self.sha256,
            "previous": None if self.previous is None else str(self.previous),
            "verdict": None if self.appup is None else self.appup.verdict.to_json(),
        }


def build_release(
    project: Path, out: Path, previous: Path | None = None, *, isolated: bool | None = True
) -> BuiltRelease:
    """Build the project's wheel into `out`, by its own PEP 517 backend, byte for byte reproducible.

    The release before it is `previous`, or the highest lower patch of its line among the wheels in `out`;
    with one, the appup is made and put in. `isolated`: see `run_backend`. A version that is in `out` already
    is left alone when it is the same, and refused when it is not. Raises `BadProject`,
    `BadSettings`, `BadSource`, `BadWheel` (the one before), `ConfigurationError`, `TransformError`.
    """
    settings = _settings(project)
    with writing(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="upward-build-") as folder:
        work = Path(folder)
        with _built(run_backend(project.resolve(), work / "wheel", isolated=isolated)) as made:
            before = _previous(made, out, previous)
            name = made.path.name
            plain = work / name
            plain.write_bytes(with_files(made, {_settings_file(): _json(settings.to_json())}))
        with open_wheel(plain) as release:
            if before is None:
                return _put(release, out, name, plain.read_bytes(), None, None)
            with open_wheel(before) as old:
                appup = _appup(old, release, work, settings)
                previously = {"version": str(old.version), "sha256": old.sha256}
                files = {_appup_file(): appup.dumps(), PREVIOUS_FILE: _json(previously)}
                return _put(release, out, name, with_files(release, files), old.version, appup)


def _settings(project: Path) -> Settings:
    from ..appup.settings import Settings

    if not (project / "pyproject.toml").is_file():
        raise BadProject(
            expected=f"a project with a pyproject.toml at {project}",
            got="none" if project.is_dir() else "no such folder",
            do="name the project's folder, or give it a pyproject.toml with [build-system] and [project]",
        )
    return Settings.from_pyproject(project)


@contextlib.contextmanager
def _built(path: Path) -> Iterator[Wheel]:
    """The backend's wheel, verified: what is wrong with it is wrong with the project."""
    with contextlib.ExitStack() as stack:
        try:
            wheel = stack.enter_context(open_wheel(path))
        except BadWheel as error:
            raise BadProject(
                expected=error.expected,
                got=error.got,
                do="make it a pure Python project; compiled code belongs in a dependency of its own",
            ) from error
        yield wheel


def _previous(made: Wheel, out: Path, named: Path | None) -> Path | None:
    """The wheel of the release before, when the release is a patch of one."""
    if named is None:
        older = [found for found in _wheels(out, made.name) if is_patch_of(made.version, found[0])]
        return max(older)[1] if older else None
    name, version = wheel_name(named)
    if name != canonicalize_name(made.name) or version >= made.version:
        raise BadProject(
            expected=f"a release of {made.name} before {made.version} as the previous one",
            got=f"{name} {version}",
            do="name an older wheel of the same project, or raise the project's version",
        )
    return named if is_patch_of(made.version, version) else None


def _wheels(out: Path, name: str) -> Iterator[tuple[Version, Path]]:
    """The releases of this distribution in `out`; other things there do not matter."""
    for path in sorted(out.glob("*.whl")):
        with contextlib.suppress(BadWheel):
            found, version = wheel_name(path)
            if found == canonicalize_name(name):
                yield version, path


def _appup(old: Wheel, new: Wheel, work: Path, settings: Settings) -> Appup:
    from ..appup import make_appup

    for wheel, place in ((old, work / "old"), (new, work / "new")):
        extract(wheel, place)
    return make_appup(
        work / "old", work / "new", old_version=old.version, new_version=new.version, settings=settings
    )


def _put(
    release: Wheel, out: Path, name: str, content: bytes, previous: Version | None, appup: Appup | None
) -> BuiltRelease:
    for version, path in _wheels(out, release.name):
        if version == release.version and path.read_bytes() != content:
            raise BadProject(
                expected=f"version {version} not built before, or with the same contents",
                got=f"{path.name} with other contents in {out}",
                do="raise the project's version: a release is immutable (or delete it if nobody has it)",
            )
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        if not (out / name).exists():
            write_file(out / name, content)
    digest = hashlib.sha256(content).hexdigest()
    return BuiltRelease(out / name, release.name, release.version, digest, previous, appup)


def _settings_file() -> str:
    from ..appup.settings import SETTINGS_FILE

    return SETTINGS_FILE


def _appup_file() -> str:
    from ..appup.appup import APPUP_FILE

    return APPUP_FILE


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
