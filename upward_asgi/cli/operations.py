"""`upward upgrade`, `downgrade` and `install`: operations on a running server, waited for and reported."""

from __future__ import annotations

from pathlib import Path

import click

from .failure import ERROR, REFUSED
from .options import as_json, server_from, server_options
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
def upgrade(
    to: str | None,
    dry_run: bool,
    timeout: float,
    url: str | None,
    uds: Path | None,
    prefix: str,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Take a running server to the next patch release, or to --to through those in between."""
    body: dict[str, object] = {"dry_run": dry_run} if to is None else {"to": to, "dry_run": dry_run}
    server = server_from(url, uds, prefix, token_file)
    return _show_end(server.operate("upgrade", body, timeout), as_json)


@click.command()
@_dry_run
@_timeout
@server_options
@as_json
def downgrade(
    dry_run: bool,
    timeout: float,
    url: str | None,
    uds: Path | None,
    prefix: str,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Take a running server back one patch release, never below its base."""
    server = server_from(url, uds, prefix, token_file)
    return _show_end(server.operate("downgrade", {"dry_run": dry_run}, timeout), as_json)


@click.command()
@click.argument("version")
@_dry_run
@_timeout
@server_options
@as_json
def install(
    version: str,
    dry_run: bool,
    timeout: float,
    url: str | None,
    uds: Path | None,
    prefix: str,
    token_file: Path | None,
    as_json: bool,
) -> int:
    """Take a running server to VERSION, up or down."""
    server = server_from(url, uds, prefix, token_file)
    return _show_end(server.operate("install", {"version": version, "dry_run": dry_run}, timeout), as_json)


def _show_end(operation: dict[str, object], as_json: bool) -> int:
    show(operation, report_text(operation), as_json)
    return {"succeeded": 0, "refused": REFUSED}.get(str(operation["state"]), ERROR)
