"""The engine's settings as options of `upward run`: time limits, and what probation counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from ..errors import BadRequest

if TYPE_CHECKING:
    from ..upgrade import Timeouts

__all__ = ["engine_options", "timeouts_from"]


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument `engine`, ready for `Upward`."""

    @click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="NAME=SECONDS",
        help="A time limit of upgrades, such as quiesce_seconds=30; may be given several times.",
    )
    @click.option("--health", metavar="PATH", help="A path that is asked while a release is on probation.")
    @click.option(
        "--errors-allowed",
        default=10,
        show_default=True,
        type=click.IntRange(0),
        help="More than that on probation, and the release goes back by itself.",
    )
    @wraps(command)
    def gathered(
        *args: Any, limits: Sequence[str], health: str | None, errors_allowed: int, **kwargs: Any
    ) -> Any:
        engine = {"timeouts": timeouts_from(limits), "health": health, "errors_allowed": errors_allowed}
        return command(*args, engine=engine, **kwargs)

    return gathered


def timeouts_from(limits: Sequence[str]) -> Timeouts:
    """The limits as `NAME=SECONDS`. Raises `BadRequest` for an unknown name or no number."""
    from ..upgrade import Timeouts

    known = [one.name for one in fields(Timeouts)]
    found: dict[str, float] = {}
    for limit in limits:
        name, _, seconds = limit.partition("=")
        if name not in known:
            raise BadRequest(
                expected=f"one of {', '.join(known)}",
                got=name,
                do="write --limit NAME=SECONDS with one of these",
            )
        found[name] = _seconds(name, seconds)
    return Timeouts(**found)


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if 0 <= seconds < float("inf"):
        return seconds
    raise BadRequest(
        expected=f"seconds for {name}, 0 or more", got=text or "nothing", do=f"write --limit {name}=30"
    )
