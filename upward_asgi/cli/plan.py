"""`upward plan`: what going from one release to another would do, before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .exit_status import REFUSED
from .options import as_json, proof_options, store_option, to_version
from .output import show

if TYPE_CHECKING:
    from ..appup.appup import Appup
    from .sources import Source

__all__ = ["PlannedHop", "Wanted", "between", "plan", "require_prove", "show_plan"]


@click.command()
@click.argument("old")
@click.argument("new")
@store_option(required=False)
@proof_options
@as_json
def plan(
    old: str,
    new: str,
    store: Path | None,
    prove: bool,
    modules: tuple[str, ...],
    timeout: float,
    as_json: bool,
) -> int:
    """Show what going from OLD to NEW would do.

    Each is a wheel, an unpacked release, a project with a pyproject.toml, or, with --store, a version.
    NEW may be the older one: then it is the plan of the way back. With --prove, OLD is also started, patched
    to NEW and compared with fresh starts of it, all in child processes.

    Exit status: 0 hot (and equal), 2 cold (or different), 1 error.
    """
    from .sources import Sources

    require_prove(prove, modules)
    with Sources(store) as sources:
        if store is not None and not Path(old).exists() and not Path(new).exists():
            hops = list(_in_store(store, old, new))
        else:
            hops = [between(sources.open(Path(old)), sources.open(Path(new)))]
        return show_plan(hops, as_json, proof=Wanted(modules, timeout) if prove else None)


@dataclass(frozen=True, slots=True)
class PlannedHop:
    """Two neighbouring releases in the order they are gone, and the appup between them."""

    old: Source
    new: Source
    appup: Appup


@dataclass(frozen=True, slots=True)
class Wanted:
    """A proof that was asked for: the modules that run, and the seconds for each start."""

    modules: tuple[str, ...]
    timeout: float


def require_prove(prove: bool, modules: tuple[str, ...]) -> None:
    """`--import` says what to prove; alone it would silently do nothing."""
    if modules and not prove:
        raise click.UsageError("--import needs --prove.")


def between(old: Source, new: Source) -> PlannedHop:
    """The plan of going from one release to the other. Raises `BadProject`."""
    from .sources import compared

    return PlannedHop(old, new, compared(old, new))


def show_plan(hops: Sequence[PlannedHop], as_json: bool, proof: Wanted | None = None) -> int:
    """Print a plan, prove it if that is wanted and it is hot, and return the exit status."""
    from ..admin.views import plan_to_json
    from ..appup.rendering import render_plan

    goal = hops[-1].new.version
    appups = [hop.appup for hop in hops]
    document = plan_to_json(appups, goal)
    down = appups[-1].old == goal
    text = "\n".join(render_plan(appup, down=down).rstrip() for appup in appups)
    if proof is not None and document["hot"]:
        more, lines = _proven(hops, proof)
        document, text = document | more, "\n".join([text, *lines])
    show(document, text, as_json)
    return 0 if document["hot"] else REFUSED


def _proven(hops: Sequence[PlannedHop], wanted: Wanted) -> tuple[dict[str, object], list[str]]:
    """What the proofs add to the plan's document, and say besides."""
    from .proving import proof_lines, proof_to_json, prove

    proven = [prove(hop.old, hop.new, wanted.modules, wanted.timeout) for hop in hops]
    found: dict[str, object] = {"proof": proof_to_json(proven)}
    reasons = [reason.to_json() for hop in proven for reason in hop.reasons]
    if reasons:
        found |= {"hot": False, "verdict": "cold", "reasons": reasons}
    return found, [line for hop in proven for line in proof_lines(hop)]


def _in_store(folder: Path, old: str, new: str) -> Iterator[PlannedHop]:
    """The hops between two releases of a store, in the order they are gone."""
    from ..errors import NotAPatchRelease, NothingNewer
    from ..store import Store
    from ..versions import hops, same_line
    from .sources import Source

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
    for pair in pairwise(way):
        sides = (store.release(version) for version in pair)
        first, second = (Source(side.name, side.version, side.root) for side in sides)
        yield PlannedHop(first, second, store.appup(min(pair), max(pair)))
