"""`upward upgrade`, `downgrade` and `install`: operations on a running server, waited for and reported."""

from __future__ import annotations

import click

from .exit_status import ERROR, REFUSED
from .options import ServerChoice, as_json, server_options
from .output import show
from .report import report_text

__all__ = ["downgrade", "install", "upgrade"]

_dry_run = click.option("--dry-run", is_flag=True, help="Do everything but the commit.")
_timeout = click.option(
    "--timeout", default=600.0, show_default=True, help="Seconds to wait; the operation goes on without us."
)


@click.command()
@click.option("--to", help="The release to go to.  [default: the next patch release]")
@_dry_run
@_timeout
@server_options
@as_json
def upgrade(to: str | None, dry_run: bool, timeout: float, server: ServerChoice, as_json: bool) -> int:
    """Take a running server to the next patch release, or to --to through those in between."""
    body: dict[str, object] = {"dry_run": dry_run} if to is None else {"to": to, "dry_run": dry_run}
    return _operate(server, "upgrade", body, timeout, as_json)


@click.command()
@_dry_run
@_timeout
@server_options
@as_json
def downgrade(dry_run: bool, timeout: float, server: ServerChoice, as_json: bool) -> int:
    """Take a running server back one patch release, never below its base."""
    return _operate(server, "downgrade", {"dry_run": dry_run}, timeout, as_json)


@click.command()
@click.argument("version")
@_dry_run
@_timeout
@server_options
@as_json
def install(version: str, dry_run: bool, timeout: float, server: ServerChoice, as_json: bool) -> int:
    """Take a running server to VERSION, up or down."""
    return _operate(server, "install", {"version": version, "dry_run": dry_run}, timeout, as_json)


def _operate(server: ServerChoice, kind: str, body: dict[str, object], timeout: float, as_json: bool) -> int:
    operation = server.open().operate(kind, body, timeout)
    show(operation, report_text(operation), as_json)
    return {"succeeded": 0, "refused": REFUSED}.get(str(operation["state"]), ERROR)
