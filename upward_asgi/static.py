"""Static files of a release: a page that is older than the release still finds the files that it names.

A page that was loaded before an upgrade goes on asking for `app.3f2a91bc.js`, which the new release does not
have any more. `StaticFiles` finds it in the other releases of the store, as long as they are there. It knows
the version of what it serves, too, so that an open page can load new style sheets without being loaded again.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from pathlib import Path

from starlette.staticfiles import StaticFiles as Starlette

from .store import Store
from .store.register import REGISTER
from .store.release import Status

__all__ = ["StaticFiles"]

_HASHED = re.compile(r"[-.](?=[\w-]*[0-9A-Z])[\w-]{8,}\.\w+(\.map)?$")
"""A name with a hash of the contents in it, as bundlers write them: `app-BkS9_2xw.js`, `app.3f2a91bc.css`."""
_LENGTH = 12


class StaticFiles(Starlette):
    """Starlette's `StaticFiles`, for a folder of the application: `StaticFiles(directory=HERE / "static")`.

    A file that the running release has is always served from it. One whose name has a hash of its contents is
    looked for in the releases that ran before, too: under such a name nothing else can ever be meant.
    """

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file for a path of a URL; called by Starlette in a worker thread."""
        found = super().lookup_path(path)
        if found[1] is not None or not _HASHED.search(path):
            return found
        for folder in _elsewhere(Path(self.directory or "")):
            other = Starlette(directory=folder, check_dir=False).lookup_path(path)
            if other[1] is not None:
                return other
        return found

    @property
    def version(self) -> str:
        """The version of what is served now: another one after an upgrade that changed any of these files.

        The first time after an upgrade all of them are read.
        """
        return _version(os.path.realpath(self.directory or ""))


def _elsewhere(folder: Path) -> list[Path]:
    """The same folder in the other releases of the store that have run, the latest first."""
    place = _in_store(folder)
    if place is None:
        return []
    store, inside = place
    ran = [one for one in Store.open(store).releases() if one.status is not Status.UNPACKED]
    return [one.root / inside for one in reversed(ran)]


def _in_store(folder: Path) -> tuple[Path, Path] | None:
    """The store that a folder of a release lies in, and the folder's path within the release."""
    for parent in folder.absolute().parents:
        if (parent / REGISTER).is_file():
            inside = folder.absolute().relative_to(parent)
            return parent, Path(*inside.parts[1:])
    return None


@functools.lru_cache(maxsize=64)
def _version(folder: str) -> str:
    """A digest of all names and contents; a release's folder never changes, so it is computed once."""
    digest = hashlib.sha256()
    root = Path(folder)
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(root).as_posix()}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:_LENGTH]
