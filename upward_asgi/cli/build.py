"""`upward build`: a project becomes a release, with its appup inside when it is a patch release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import as_json
from .output import show

if TYPE_CHECKING:
    from ..store.building import BuiltRelease

__all__ = ["build"]


@click.command()
@click.argument("project", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the wheels are."
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The release before it.  [default: the newest patch before it in --out]",
)
@click.option(
    "--isolation/--no-isolation",
    default=None,
    help="Build in an environment of its own.  [default: only if the backend is not installed here]",
)
@as_json
def build(project: Path, out: Path, previous: Path | None, isolation: bool | None, as_json: bool) -> None:
    """Build PROJECT (default: this folder) into a release: a wheel with its appup.

    The release before it is looked for among the wheels in --out. A release that can only go cold is built
    all the same, and says so; `upward check` is what fails in CI.
    """
    from ..store.building import build_release

    built = build_release(project, out, previous, isolated=isolation)
    hot = built.appup.verdict.hot if built.appup else None
    show({**built.to_json(), "hot": hot}, _text(built), as_json)


def _text(built: BuiltRelease) -> str:
    first = f"{built.wheel}\n{built.name} {built.version}, sha256 {built.sha256}"
    if built.appup is None:
        return f"{first}\na base: no patch release before it, so it starts with a restart"
    if built.appup.verdict.hot:
        return f"{first}\ngoes hot after {built.previous}"
    reasons = "\n".join(f"  - {reason}" for reason in built.appup.verdict.reasons)
    return f"{first}\ncold after {built.previous}: it needs a restart\n{reasons}"
