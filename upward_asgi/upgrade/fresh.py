"""A release must import from scratch, in a clean interpreter, before it comes near the live process."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .clean import import_fresh

__all__ = ["live_modules_in", "require_fresh_import"]


def require_fresh_import(root: Path, packages: Iterable[str], *, timeout: float) -> None:
    """Import from `root` what lives here of `packages`. Raises `ReleaseDoesNotImport`.

    Blocks for as long as the import takes, `timeout` seconds at most.
    """
    modules = tuple(live_modules_in(root, packages))
    if modules:
        import_fresh(root, modules, timeout=timeout)


def live_modules_in(root: Path, packages: Iterable[str]) -> Iterator[str]:
    """The living modules of `packages` that the release at `root` has too, in the order of their import."""
    wanted = set(packages)
    for name in tuple(sys.modules):
        if name.partition(".")[0] in wanted and _has(root, name):
            yield name


def _has(root: Path, name: str) -> bool:
    place = root.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
