"""`upward upgrade`, `downgrade` and `install`: operations on a running server, waited for and reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from .exit_status import ERROR, REFUSED
from .options import ServerChoice, as_json, server_options
from .output import show
from .report import report_text

__all__ = ["downgrade", "install", "upgrade"]

F = TypeVar("F", bound=Callable[..., object])

_timeout = click.option(
    "--timeout", default=600.0, show_default=True, help="Seconds to wait; the operation goes on without us."
)


def _how(command: F) -> F:
    """`--dry-run` and the like: what all three operations may be asked with."""
    command = click.option(
        "--policy",
        type=click.Choice(["abort", "close"]),
        help="What a session leads to whose code_change fails: nothing is upgraded, or it alone is closed "
        "with 1012.  [default: the server's, which is abort]",
    )(command)
    command = click.option(
        "--accept-startup", is_flag=True, help="Changed start-up code may wait for the next restart."
    )(command)
    return click.option("--dry-run", is_flag=True, help="Do everything but the commit.")(command)


@click.command()
@click.option("--to", help="The release to go to.  [default: the next patch release]")
@_how
@_timeout
@server_options
@as_json
def upgrade(to: str | None, timeout: float, server: ServerChoice, as_json: bool, **how: object) -> int:
    """Take a running server to the next patch release, or to --to through those in between."""
    return _operate(server, "upgrade", _asked(how) | ({} if to is None else {"to": to}), timeout, as_json)


@click.command()
@_how
@_timeout
@server_options
@as_json
def downgrade(timeout: float, server: ServerChoice, as_json: bool, **how: object) -> int:
    """Take a running server back one patch release, never below its base."""
    return _operate(server, "downgrade", _asked(how), timeout, as_json)


@click.command()
@click.argument("version")
@_how
@_timeout
@server_options
@as_json
def install(version: str, timeout: float, server: ServerChoice, as_json: bool, **how: object) -> int:
    """Take a running server to VERSION, up or down."""
    return _operate(server, "install", _asked(how) | {"version": version}, timeout, as_json)


def _asked(how: Mapping[str, object]) -> dict[str, object]:
    """The body; what is not asked for is left out, so that an older server understands it."""
    return {"dry_run": how["dry_run"]} | {name: value for name, value in how.items() if value}


def _operate(server: ServerChoice, kind: str, body: dict[str, object], timeout: float, as_json: bool) -> int:
    operation = server.open().operate(kind, body, timeout)
    show(operation, report_text(operation), as_json)
    return {"succeeded": 0, "refused": REFUSED}.get(str(operation["state"]), ERROR)
