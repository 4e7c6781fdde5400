"""Is an unpacked release still what was in the wheel? Every file against the hashes of its RECORD.

This finds damage and accidental edits. It is no protection against somebody who may write into the store:
they can write RECORD as well, and the code that runs.
"""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreCorrupt

__all__ = ["check_tree"]


def check_tree(root: Path, dist_info: str | None = None) -> None:
    """Raise `StoreCorrupt` naming the files that are missing, changed, or not in RECORD (ten at most)."""
    folder = dist_info or _dist_info(root)
    recorded = _recorded(root, folder)
    found = {path.relative_to(root).as_posix() for path in _files(root)}
    found -= {f"{folder}/RECORD.jws", f"{folder}/RECORD.p7s"}  # signatures of RECORD are not in it
    wrong = [f"{name} missing" for name in sorted(recorded.keys() - found)]
    wrong += [f"{name} not in RECORD" for name in sorted(found - recorded.keys())]
    wrong += [
        f"{name} changed"
        for name in sorted(recorded.keys() & found)
        if not _holds(root / name, recorded[name])
    ]
    if wrong:
        more = f" and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise _corrupt(root, "the files of its wheel, unchanged", ", ".join(wrong[:10]) + more)


def _dist_info(root: Path) -> str:
    found = [path.name for path in root.glob("*.dist-info") if path.is_dir()]
    if len(found) != 1:
        raise _corrupt(root, "one .dist-info folder", f"{len(found)}")
    return found[0]


def _recorded(root: Path, dist_info: str) -> dict[str, str]:
    """File to hash (`sha256=…`); RECORD itself has none."""
    try:
        lines = (root / dist_info / "RECORD").read_text(encoding="utf-8").splitlines()
        return {row[0]: row[1] for row in csv.reader(lines) if row}
    except (OSError, ValueError, IndexError, csv.Error) as error:
        raise _corrupt(root, "a RECORD that can be read", f"{type(error).__name__}: {error}") from error


def _files(root: Path) -> Iterator[Path]:
    """What stands in the tree but folders; bytecode caches are not ours and never read."""
    for path in root.rglob("*"):
        if (path.is_symlink() or not path.is_dir()) and "__pycache__" not in path.parts:
            yield path


def _holds(path: Path, recorded: str) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    if not recorded:
        return path.name == "RECORD"
    algorithm, _, expected = recorded.partition("=")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, algorithm).digest()
    except (OSError, ValueError):  # unreadable, or an algorithm that does not exist: it does not hold
        return False
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == expected


def _corrupt(root: Path, expected: str, got: str) -> StoreCorrupt:
    return StoreCorrupt(
        expected=f"{expected}, in the unpacked release {root.name}",
        got=got,
        do="unpack its wheel again with `upward unpack`, which mends it, and find out what writes here",
    )
