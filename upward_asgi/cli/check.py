"""`upward check`: the plan of a project against its last release, for CI."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadWheel
from .options import as_json, proof_options, store_option
from .output import show

if TYPE_CHECKING:
    from .sources import Source, Sources

__all__ = ["check"]


@click.command()
@click.argument("project", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--previous", type=click.Path(path_type=Path, dir_okay=False), help="The last release's wheel.")
@click.option(
    "--releases",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of wheels to look for it in.  [default: PROJECT/dist]",
)
@store_option(required=False)
@proof_options
@as_json
def check(
    project: Path,
    previous: Path | None,
    releases: Path | None,
    store: Path | None,
    prove: bool,
    modules: tuple[str, ...],
    timeout: float,
    as_json: bool,
) -> int:
    """Show whether PROJECT (default: this folder) can follow its last release hot.

    The last release is --previous, or the newest patch before it in --store or in --releases. A project
    whose version starts a new base has none: that is said, and is no failure. With --prove, the last release
    is also started, patched and compared with fresh starts of PROJECT, all in child processes.

    Exit status: 0 hot (and equal) or a new base, 2 cold (or different), 1 error.
    """
    from .plan import Wanted, between, require_prove, show_plan
    from .sources import Sources

    require_prove(prove, modules)
    if sum(option is not None for option in (previous, releases, store)) > 1:
        raise click.UsageError("Give one of --previous, --releases and --store.")
    with Sources() as sources:
        new = sources.built(project)
        old = _last(sources, new, previous, releases or project / "dist", store)
        if old is None:
            text = f"{new.name} {new.version} is a new base: it starts with a restart. Nothing to compare."
            show({"version": str(new.version), "base": True, "hot": None}, text, as_json)
            return 0
        return show_plan([between(old, new)], as_json, proof=Wanted(modules, timeout) if prove else None)


def _last(
    sources: Sources, new: Source, previous: Path | None, releases: Path, store: Path | None
) -> Source | None:
    """The release before `new`, or None when it starts a line of its own."""
    if previous is not None:
        return sources.unpacked(previous)
    if store is not None:
        return _last_in_store(new, store)
    wheel = _last_wheel(new, releases)
    return sources.unpacked(wheel) if wheel else None


def _last_wheel(new: Source, folder: Path) -> Path | None:
    """The newest wheel of the same distribution that `new` is a patch release of."""
    from packaging.utils import canonicalize_name

    from ..store.wheels import wheel_name
    from ..versions import is_patch_of

    found = []
    for path in folder.glob("*.whl"):
        with contextlib.suppress(BadWheel):  # some other file, which nobody asked for
            name, version = wheel_name(path)
            if name == canonicalize_name(new.name) and is_patch_of(new.version, version):
                found.append((version, path))
    return max(found)[1] if found else None


def _last_in_store(new: Source, store: Path) -> Source | None:
    from ..store import Store
    from ..versions import is_patch_of
    from .sources import Source

    found = [r for r in Store.open(store).releases() if is_patch_of(new.version, r.version)]
    last = max(found, key=lambda release: release.version, default=None)
    return Source(last.name, last.version, last.root) if last else None
