"""A release starts from scratch in a clean interpreter before it comes near the live process.

There it must import; and what it is there, the rehearsed process must become.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..patch.compare import unstable
from .clean import FreshStart, describe_starts, import_fresh
from .proof import Proof

if TYPE_CHECKING:
    from ..store import Release

__all__ = ["fresh_starts", "live_modules_in", "require_fresh_import"]


def require_fresh_import(root: Path, packages: Iterable[str], *, timeout: float, memory: int | None) -> None:
    """Import from `root` what lives here of `packages`. Raises `ReleaseDoesNotImport`.

    Blocks for as long as the import takes, `timeout` seconds at most; `memory` is what it may allocate beyond
    what this process has, in bytes.
    """
    modules = tuple(live_modules_in(root, packages))
    if modules:
        import_fresh(root, modules, timeout=timeout, memory=memory)


def fresh_starts(
    old: Release,
    new: Release,
    packages: Iterable[str],
    *,
    shown: Path,
    timeout: float,
) -> Proof | None:
    """Start both releases of a hop in clean interpreters.

    None when nothing of the packages lives here. `shown` is the path that `__file__` shows.
    Blocks; `timeout` is in seconds. Raises `ReleaseDoesNotImport`.
    """
    names = tuple(packages)
    modules = _start_order(new.root, names)
    if not modules:
        return None
    before = _start_order(old.root, names)
    first, again, was = describe_starts(
        FreshStart(new.root, modules, names, timeout, hash_seed=1),
        FreshStart(new.root, modules, names, timeout, hash_seed=2),
        FreshStart(old.root, before, names, timeout, tolerate=True, hash_seed=1),
    )
    # Not the old one's root: a path that stayed behind is to show.
    roots = {str(path): "<root>" for path in (new.root, shown)}
    kept, rebuilt = tuple(new.settings.keep), tuple(new.settings.rebuild)
    return Proof(was, first, unstable(first, again), names, roots, kept, rebuilt)


def _start_order(root: Path, packages: Sequence[str]) -> tuple[str, ...]:
    """The living modules so that modules which import each other in a circle run as they did here."""
    from ..appup.import_order import start_order
    from ..appup.trees import read_tree

    living = tuple(live_modules_in(root, packages))
    return start_order(read_tree(root, packages), living) if living else ()


def live_modules_in(root: Path, packages: Iterable[str]) -> Iterator[str]:
    """The living modules of `packages` that the release at `root` has too, in the order of their import."""
    wanted = set(packages)
    for name in tuple(sys.modules):
        if name.partition(".")[0] in wanted and _has(root, name):
            yield name


def _has(root: Path, name: str) -> bool:
    place = root.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
