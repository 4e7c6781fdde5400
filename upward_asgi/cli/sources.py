"""What a release named on the command line is: a wheel, a tree, a project, or a version in a store."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from ..errors import BadProject
from .options import to_version

if TYPE_CHECKING:
    from ..appup.appup import Appup
    from ..appup.settings import Settings

__all__ = ["Source", "Sources", "compared"]


@dataclass(frozen=True, slots=True)
class Source:
    """A release's tree on disk, whatever it was made from."""

    name: str
    version: Version
    root: Path


class Sources:
    """Opens releases, and removes what it unpacked for that when it is left.

    With a store, what is no path is the version of a release in it.
    """

    def __init__(self, store: Path | None = None) -> None:
        self._rooms = ExitStack()
        self._store = store

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, *exc: object) -> None:
        self._rooms.close()

    def open(self, path: Path) -> Source:
        """The release at a path. Raises `BadWheel`, `BadProject`, `UnknownRelease`."""
        if self._store is not None and not path.exists():
            return _stored(self._store, str(path))
        if path.is_file():
            return self.unpacked(path)
        if any(path.glob("*.dist-info")):
            return _tree(path)
        if (path / "pyproject.toml").is_file():
            return self.built(path)
        raise BadProject(
            expected="a wheel, an unpacked release or a project with a pyproject.toml",
            got=f"{path}, which is {'none of these' if path.exists() else 'not there'}",
            do="correct the path; a version needs --store",
        )

    def built(self, project: Path) -> Source:
        """The release that a project is, as its wheel has it. Raises `BadProject`."""
        from ..store.backend import run_backend

        return self.unpacked(run_backend(project.resolve(), self.folder(), isolated=None))

    def unpacked(self, wheel: Path) -> Source:
        """The release in a wheel, verified as a store verifies it."""
        from ..store import Store

        release = Store.create(self.folder() / "store").unpack(wheel)
        return Source(release.name, release.version, release.root)

    def folder(self) -> Path:
        """A new folder that lasts until the end."""
        return Path(self._rooms.enter_context(tempfile.TemporaryDirectory(prefix="upward-")))


def _stored(folder: Path, version: str) -> Source:
    from ..store import Store

    release = Store.open(folder).release(to_version(version))
    return Source(release.name, release.version, release.root)


def _tree(root: Path) -> Source:
    from ..appup.metadata import read_metadata

    found = read_metadata(root)
    try:
        if found and found.name and found.version:
            return Source(found.name.value, Version(found.version.value), root)
    except InvalidVersion:
        pass  # said below, with what else may be missing
    raise BadProject(
        expected=f"one .dist-info folder with name and version in {root}",
        got="none",
        do="name another folder",
    )


def compared(old: Source, new: Source, settings: Settings | None = None) -> Appup:
    """The appup between two releases, whichever of them is the newer. Raises `BadProject`."""
    from packaging.utils import canonicalize_name

    from ..appup import make_appup
    from ..versions import is_patch_of

    low, high = sorted((old, new), key=lambda source: source.version)
    if canonicalize_name(low.name) != canonicalize_name(high.name):
        raise BadProject(
            expected="two releases of one distribution",
            got=f"{old.name} and {new.name}",
            do="name two of one",
        )
    if low.version == high.version:
        raise BadProject(
            expected="two versions", got=f"{low.version} twice", do="give the new release its version"
        )
    appup = make_appup(
        low.root, high.root, old_version=low.version, new_version=high.version, settings=settings
    )
    return appup if is_patch_of(high.version, low.version) else _base(appup)


def _base(appup: Appup) -> Appup:
    """The appup of a new base: cold both ways, whatever its changes are."""
    from ..appup import Reason, Verdict

    reason = Reason(
        code="not_a_patch_release",
        message=f"{appup.new} is not a patch release of {appup.old} but a new base",
        advice="restart on it, or give the release a version that differs in the third number only",
    )
    cold = Verdict(reasons=(reason,))
    return replace(appup, verdict=cold.merged(appup.verdict), down_verdict=cold.merged(appup.down_verdict))
