"""Files other than modules that changed between two releases, and what each kind means for a hot upgrade.

Native code cannot be loaded twice, and a database is not ours to migrate: cold. Everything else is served
from the new release (templates, static files, package data) or is read only when a process starts: a note.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path, PurePosixPath

from .verdict import Reason, Verdict

__all__ = ["artefacts_verdict"]

_NATIVE = frozenset({".so", ".pyd", ".dylib", ".dll"})
_NATIVE_SOURCE = frozenset({".pyx", ".pxd", ".c", ".cc", ".cpp", ".h", ".hpp", ".rs"})
_TEMPLATE = frozenset({".html", ".htm", ".jinja", ".jinja2", ".j2", ".mako"})
_DEPLOYMENT = frozenset(
    {
        "procfile",
        "compose.yaml",
        "compose.yml",
        "docker-compose.yaml",
        "docker-compose.yml",
        "entry_points.txt",
        "fly.toml",
        "gunicorn.conf.py",
        "nginx.conf",
    }
)
_MIGRATIONS = frozenset({"migrations", "piccolo_migrations"})
# Beside the packages of a checkout, and never part of the running application; nor is any hidden folder.
_NOT_PACKAGES = frozenset({"benchmarks", "build", "dist", "docs", "test", "tests", "venv"})
_NEVER = frozenset({"__pycache__", "node_modules"})
_SHOWN = 3


class _Kind(Enum):
    NATIVE = "native"
    MIGRATION = "migration"
    NATIVE_SOURCE = "native_source"
    TEMPLATE = "template"
    STATIC = "static"
    DATA = "package_data"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class _Change:
    path: str
    how: str
    """`changed`, `added` or `removed`."""

    kind: _Kind


def artefacts_verdict(old: Path, new: Path, packages: Sequence[str] | None = None) -> Verdict:
    """Cold for native code and migrations, notes for the rest.

    `packages` limits it to these top-level names, for roots that hold more than the application.
    """
    changes = tuple(_changes(old, new, packages))
    cold = (_COLD[change.kind](change) for change in changes if change.kind in _COLD)
    return Verdict(
        reasons=tuple(reason for reason in cold if reason is not None),
        notes=tuple(_notes(changes)),
    )


def _changes(old: Path, new: Path, packages: Sequence[str] | None) -> Iterator[_Change]:
    before, after = _files(old, packages), _files(new, packages)
    migrations = _alembic_folders(before) | _alembic_folders(after)
    for path in sorted(before | after):
        kind = _kind(PurePosixPath(path), migrations)
        if kind is None:
            continue
        if path not in before:
            yield _Change(path, "added", kind)
        elif path not in after:
            yield _Change(path, "removed", kind)
        elif not _same(old / path, new / path):
            yield _Change(path, "changed", kind)


def _files(root: Path, packages: Sequence[str] | None) -> frozenset[str]:
    """Paths relative to `root`, with forward slashes; links to folders are not followed."""
    found: set[str] = set()
    for folder, folders, files in os.walk(root):
        here = PurePosixPath(Path(folder).relative_to(root).as_posix())
        at_root = here == PurePosixPath(".")
        folders[:] = [name for name in folders if _wanted(name, at_root, packages)]
        if at_root and packages is not None:
            files = [name for name in files if name.partition(".")[0] in packages]
        found.update(str(here / name) for name in files)
    return frozenset(found)


def _wanted(folder: str, at_root: bool, packages: Sequence[str] | None) -> bool:
    if folder in _NEVER or folder.startswith("."):
        return False
    if not at_root:
        return True
    if packages is not None:
        return folder in packages
    return folder not in _NOT_PACKAGES and not folder.endswith(".egg-info")


def _alembic_folders(files: Iterable[str]) -> frozenset[str]:
    """The `versions` folders that stand beside an Alembic `env.py`."""
    environments = (PurePosixPath(path) for path in files if path.endswith("env.py"))
    return frozenset(str(path.parent / "versions") for path in environments if path.name == "env.py")


def _kind(path: PurePosixPath, alembic: frozenset[str]) -> _Kind | None:
    """What a file is to an upgrade; None for modules and for what no process reads."""
    suffix = path.suffix.lower()
    if path.name.lower() in _DEPLOYMENT or suffix == ".service" or path.name.lower().startswith("dockerfile"):
        return _Kind.DEPLOYMENT
    if path.parts[0].endswith(".dist-info"):
        return None
    if suffix in _NATIVE:
        return _Kind.NATIVE
    if suffix in (".py", ".sql") and _is_migration(path, alembic):
        return _Kind.MIGRATION
    if suffix in (".py", ".pyc", ".pyi") or path.name == "py.typed" or len(path.parts) == 1:
        return None
    return _data_kind(path, suffix)


def _is_migration(path: PurePosixPath, alembic: frozenset[str]) -> bool:
    if path.name == "__init__.py":
        return False
    return str(path.parent) in alembic or any(part in _MIGRATIONS for part in path.parts[:-1])


def _data_kind(path: PurePosixPath, suffix: str) -> _Kind:
    if suffix in _NATIVE_SOURCE:
        return _Kind.NATIVE_SOURCE
    if "templates" in path.parts or suffix in _TEMPLATE:
        return _Kind.TEMPLATE
    return _Kind.STATIC if "static" in path.parts else _Kind.DATA


def _same(one: Path, other: Path) -> bool:
    """Equal bytes; for Python, equal code, as a new comment in a migration migrates nothing."""
    first, second = one.read_bytes(), other.read_bytes()
    if first == second or one.suffix != ".py":
        return first == second
    try:
        return ast.dump(ast.parse(first)) == ast.dump(ast.parse(second))
    except (SyntaxError, ValueError):
        return False


def _native(change: _Change) -> Reason:
    return Reason(
        "native",
        f"native code was {change.how}; a process cannot load it anew",
        change.path,
        advice="release it as a new minor version and restart",
    )


def _migration(change: _Change) -> Reason | None:
    if change.how == "removed":
        return None  # a migration that is gone asks nothing of the database
    return Reason(
        "migration",
        f"a database migration was {change.how}",
        change.path,
        advice="release it as a new minor version, migrate, and restart",
    )


_COLD = {_Kind.NATIVE: _native, _Kind.MIGRATION: _migration}

_NOTES = {
    _Kind.TEMPLATE: ("templates", "they are read from the release that runs"),
    _Kind.STATIC: ("static files", "they are served from the release that runs"),
    _Kind.DATA: ("package data", "what was read at start-up stays as it was read; what is read later is new"),
    _Kind.NATIVE_SOURCE: ("sources of native code", "nothing, unless the built module changed too"),
    _Kind.DEPLOYMENT: ("deployment files", "they take effect at the next restart"),
}


def _notes(changes: Sequence[_Change]) -> Iterator[Reason]:
    """One note for each kind, not for each file: half of all releases change front-end files, often many."""
    for kind, (words, advice) in _NOTES.items():
        concerned = [change for change in changes if change.kind is kind]
        if concerned:
            yield Reason(kind.value, f"{words}: {_summed_up(concerned)}", concerned[0].path, advice=advice)


def _summed_up(changes: Sequence[_Change]) -> str:
    shown = ", ".join(f"{change.path} {change.how}" for change in islice(changes, _SHOWN))
    more = len(changes) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
