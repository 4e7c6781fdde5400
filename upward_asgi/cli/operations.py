"""`upward upgrade`, `downgrade` and `install`: operations on a running server, waited for and reported."""

from __future__ import annotations

from collections.abc import Callable
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
    """`--dry-run`, `--accept-startup`: what all three operations may be asked with."""
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
def upgrade(
    to: str | None, dry_run: bool, accept_startup: bool, timeout: float, server: ServerChoice, as_json: bool
) -> int:
    """Take a running server to the next patch release, or to --to through those in between."""
    body = _asked(dry_run, accept_startup) | ({} if to is None else {"to": to})
    return _operate(server, "upgrade", body, timeout, as_json)


@click.command()
@_how
@_timeout
@server_options
@as_json
def downgrade(
    dry_run: bool, accept_startup: bool, timeout: float, server: ServerChoice, as_json: bool
) -> int:
    """Take a running server back one patch release, never below its base."""
    return _operate(server, "downgrade", _asked(dry_run, accept_startup), timeout, as_json)


@click.command()
@click.argument("version")
@_how
@_timeout
@server_options
@as_json
def install(
    version: str, dry_run: bool, accept_startup: bool, timeout: float, server: ServerChoice, as_json: bool
) -> int:
    """Take a running server to VERSION, up or down."""
    body = _asked(dry_run, accept_startup) | {"version": version}
    return _operate(server, "install", body, timeout, as_json)


def _asked(dry_run: bool, accept_startup: bool) -> dict[str, object]:
    """The body; what is not asked for is left out, so that an older server understands it."""
    body: dict[str, object] = {"dry_run": dry_run}
    return body | ({"accept_startup": True} if accept_startup else {})


def _operate(server: ServerChoice, kind: str, body: dict[str, object], timeout: float, as_json: bool) -> int:
    operation = server.open().operate(kind, body, timeout)
    show(operation, report_text(operation), as_json)
    return {"succeeded": 0, "refused": REFUSED}.get(str(operation["state"]), ERROR)
