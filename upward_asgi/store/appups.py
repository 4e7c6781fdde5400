"""The appup between two releases of a store: the one in the wheel, else made once and kept."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InternalError, StoreCorrupt
from .durable import write_file
from .release import Release

if TYPE_CHECKING:
    from ..appup.appup import Appup

__all__ = ["PREVIOUS_FILE", "appup_between", "carried_appup", "keep_appup", "kept_appup"]

PREVIOUS_FILE = "appup-previous.json"
"""Beside it: version and sha256 of the wheel that the appup starts from."""

_FOLDER = ".appups"


def appup_between(old: Release, new: Release) -> Appup:
    """Make the appup from the two unpacked trees. Raises `BadSource`, `BadSettings`, `TransformError`."""
    from ..appup import make_appup

    return make_appup(
        old.root, new.root, old_version=old.version, new_version=new.version, settings=new.settings
    )


def carried_appup(old: Release, new: Release) -> Appup | None:
    """The appup that `new`'s wheel carries, if it was made against exactly this `old`."""
    from ..appup.appup import APPUP_FILE

    folder = next(new.root.glob("*.dist-info"), new.root)
    previous = _document(folder / PREVIOUS_FILE)
    if previous != {"version": str(old.version), "sha256": old.sha256}:
        return None
    return _appup(_document(folder / APPUP_FILE), folder / APPUP_FILE)


def kept_appup(root: Path, old: Release, new: Release) -> Appup | None:
    """The appup that was made here before, for these wheels and by this code of upward_asgi."""
    file = _kept(root, old, new)
    document = _document(file)
    if not isinstance(document, dict) or {**document, "appup": None} != {
        **_made_for(old, new),
        "appup": None,
    }:
        return None
    return _appup(document["appup"], file)


def keep_appup(root: Path, old: Release, new: Release, appup: Appup) -> None:
    """Keep it for the next time. Call it under the register's lock."""
    file = _kept(root, old, new)
    file.parent.mkdir(exist_ok=True)
    text = json.dumps({**_made_for(old, new), "appup": appup.to_json()}, indent=1)
    write_file(file, text.encode())


def _kept(root: Path, old: Release, new: Release) -> Path:
    return root / _FOLDER / f"{old.version}--{new.version}.json"


def _made_for(old: Release, new: Release) -> dict[str, object]:
    return {"maker": _maker(), "old": old.sha256, "new": new.sha256}


@cache
def _maker() -> str:
    """The identity of the code that makes appups: one that was made by other code of ours is made again."""
    from .. import appup

    digest = hashlib.sha256()
    for file in sorted(Path(appup.__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _document(file: Path) -> object:
    """The JSON in a file, or None: what is not there or not readable is made again."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None


def _appup(document: object, file: Path) -> Appup:
    from ..appup.appup import Appup

    try:
        return Appup.from_json(document)
    except InternalError as error:
        raise StoreCorrupt(
            expected=f"an appup in {file.name} of {file.parent.name}",
            got=error.got,
            do="build the release again with the version of upward_asgi that runs it",
        ) from error
