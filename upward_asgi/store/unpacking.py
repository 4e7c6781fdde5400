"""From a verified wheel to a folder in the store: staged beside it, verified again, flushed, renamed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from zipfile import ZipInfo

from .durable import new_staging, put_folder
from .integrity import check_tree
from .wheels import Wheel

__all__ = ["extract", "put_release"]

_CHUNK = 1 << 20
_EXECUTABLE = 0o111


def put_release(wheel: Wheel, root: Path) -> Path:
    """Unpack into the store at `root`; the folder of the version appears whole or not at all.

    Call it under the lock of unpacking. A folder that has the version's name already is replaced: it is
    damaged, or was left by a process that was killed before it could register it.
    """
    target = root / str(wheel.version)
    staged = new_staging(root)
    try:
        extract(wheel, staged)
        check_tree(staged, wheel.dist_info)
        if target.exists():
            shutil.rmtree(target)
        put_folder(staged, target)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)  # what stays behind is swept at the next unpacking
        raise
    return target


def extract(wheel: Wheel, target: Path) -> None:
    """Write the files of the wheel below `target`, each one flushed."""
    for entry in wheel.files:
        file = target / entry.filename
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(wheel, entry, file)


def _write(wheel: Wheel, entry: ZipInfo, file: Path) -> None:
    with wheel.archive.open(entry) as packed, file.open("xb") as unpacked:
        shutil.copyfileobj(packed, unpacked, _CHUNK)
        unpacked.flush()
        os.fsync(unpacked.fileno())
    if (entry.external_attr >> 16) & _EXECUTABLE:
        file.chmod(file.stat().st_mode | _EXECUTABLE)
