"""`upward plan`: what going from one release to another would do, before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .exit_status import REFUSED
from .options import as_json, store_option, to_version
from .output import show

if TYPE_CHECKING:
    from packaging.version import Version

    from ..appup.appup import Appup

__all__ = ["plan", "show_plan"]


@click.command()
@click.argument("old")
@click.argument("new")
@store_option(required=False)
@as_json
def plan(old: str, new: str, store: Path | None, as_json: bool) -> int:
    """Show what going from OLD to NEW would do.

    Each is a wheel, an unpacked release, a project with a pyproject.toml, or, with --store, a version.
    NEW may be the older one: then it is the plan of the way back.

    Exit status: 0 hot, 2 cold, 1 error.
    """
    if store is not None and not Path(old).exists() and not Path(new).exists():
        hops, goal = _in_store(store, old, new)
    else:
        hops, goal = _between(Path(old), Path(new), store)
    return show_plan(hops, goal, as_json)


def show_plan(hops: Sequence[Appup], goal: Version, as_json: bool) -> int:
    """Print a plan and return the exit status that is its verdict."""
    from ..admin.views import plan_to_json
    from ..appup.rendering import render_plan

    document = plan_to_json(hops, goal)
    down = hops[-1].old == goal
    show(document, "\n".join(render_plan(hop, down=down).rstrip() for hop in hops), as_json)
    return 0 if document["hot"] else REFUSED


def _in_store(folder: Path, old: str, new: str) -> tuple[list[Appup], Version]:
    """The hops between two releases of a store, in the order they are gone."""
    from ..errors import NotAPatchRelease, NothingNewer
    from ..store import Store
    from ..versions import hops, same_line

    store = Store.open(folder)
    start, goal = (store.release(to_version(text)).version for text in (old, new))
    if start == goal:
        raise NothingNewer(expected="two releases", got=f"{start} twice", do="name another one")
    if not same_line(start, goal):
        raise NotAPatchRelease(
            expected=f"a release on the line of {start}",
            got=f"{goal}, which is a base of its own",
            do=f"restart on it: upward permanent {goal} --store {folder}",
        )
    way = (start, *hops((release.version for release in store.releases()), start, goal))
    pairs = pairwise(way)
    return [store.appup(min(pair), max(pair)) for pair in pairs], goal


def _between(old: Path, new: Path, store: Path | None) -> tuple[list[Appup], Version]:
    from .sources import Sources, compared

    with Sources(store) as sources:
        first, second = sources.open(old), sources.open(new)
        return [compared(first, second)], second.version
