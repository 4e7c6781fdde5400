"""`upward unpack`, `releases`, `permanent`, `status`, `sessions`: what a store holds, what a server does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from .options import ServerChoice, as_json, server_options, store_option, to_version
from .output import show, table

__all__ = ["permanent", "releases", "sessions", "status", "unpack"]


@click.command()
@click.argument("wheel", type=click.Path(path_type=Path))
@store_option(required=True)
@as_json
def unpack(wheel: Path, store: Path, as_json: bool) -> None:
    """Verify WHEEL and put it into the store, which is made if need be."""
    from ..store import Store

    release = Store.create(store).unpack(wheel)
    show(release.to_json(), f"{release.name} {release.version} is {release.status} in {store}", as_json)


@click.command()
@store_option(required=False)
@server_options
@as_json
def releases(
    store: Path | None,
    server: ServerChoice,
    as_json: bool,
) -> None:
    """List the releases of a store, or of a running server's."""
    _check_one(store, server)
    if store is not None:
        from ..store import Store

        found: object = [release.to_json() for release in Store.open(store).releases()]
    else:
        found = server.open().get("releases")
    show(found, _releases_text(found), as_json)


@click.command()
@click.argument("version", required=False)
@store_option(required=False)
@server_options
@as_json
def permanent(
    version: str | None,
    store: Path | None,
    server: ServerChoice,
    as_json: bool,
) -> None:
    """Choose what the next boot starts.

    With --store: VERSION, without a running server. Otherwise: the release that the server runs.
    """
    _check_one(store, server)
    if store is not None:
        found: object = _permanent_in(store, version)
    elif version is not None:
        raise click.UsageError("VERSION needs --store; a server makes permanent what it runs.")
    else:
        found = server.open().post("permanent", {})
    show(found, f"the next boot starts {_field(found, 'version')}", as_json)


@click.command()
@server_options
@as_json
def status(server: ServerChoice, as_json: bool) -> None:
    """Show what a running server runs."""
    found = server.open().get("status")
    show(found, _status_text(found), as_json)


@click.command()
@server_options
@as_json
def sessions(server: ServerChoice, as_json: bool) -> None:
    """List a running server's open sessions and how each would live through an upgrade."""
    found = server.open().get("sessions")
    show(found, _sessions_text(found), as_json)


def _check_one(store: Path | None, server: ServerChoice) -> None:
    if store is not None and server.given:
        raise click.UsageError("Give --store, or --url or --uds, not both.")


def _permanent_in(folder: Path, version: str | None) -> object:
    from ..store import Store

    if version is None:
        raise click.UsageError("With --store, say which VERSION.")
    store = Store.open(folder)
    store.make_permanent(to_version(version))
    return store.release(to_version(version)).to_json()


def _field(found: object, name: str) -> object:
    return found.get(name) if isinstance(found, Mapping) else None


def _releases_text(found: object) -> str:
    rows = [
        [_field(one, "version"), _field(one, "status"), _field(one, "base"), _field(one, "failed") or ""]
        for one in _list(found)
    ]
    return table(["VERSION", "STATUS", "BASE", "FAILED"], rows) if rows else "no releases"


def _sessions_text(found: object) -> str:
    names = ("id", "way", "release", "path", "state_type", "place", "reason")
    rows = [[_field(one, name) or "" for name in names] for one in _list(found)]
    head = ["ID", "WAY", "RELEASE", "PATH", "STATE", "PLACE", "REASON"]
    return table(head, rows) if rows else "no open sessions"


def _status_text(found: object) -> str:
    counted = _field(found, "sessions")
    operation = _field(found, "operation")
    doing = f"{_field(operation, 'kind')} {_field(operation, 'id')} runs" if operation else "none"
    lines = [
        f"release    {_field(found, 'release')}",
        f"permanent  {_field(found, 'permanent')}",
        f"sessions   {_field(counted, 'total')}{_counts(counted)}",
        f"operation  {doing}",
    ]
    return "\n".join(lines)


def _counts(counted: object) -> str:
    ways, releases = _field(counted, "by_way"), _field(counted, "by_release")
    parts = [*_items(ways), *_items(releases)]
    return f" ({', '.join(parts)})" if parts else ""


def _items(found: object) -> list[str]:
    return [f"{count} {name}" for name, count in sorted(found.items())] if isinstance(found, Mapping) else []


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []
