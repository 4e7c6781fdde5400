"""`upward run`: serve an application from its store, with uvicorn."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ConfigurationError, ManyWorkers, ReleaseDoesNotImport, UpwardError
from .limits import engine_options
from .options import as_json, store_option

if TYPE_CHECKING:
    from ..admin import Admin
    from ..admin.api import AdminApp
    from ..middleware import Upward

__all__ = ["run"]


@click.command()
@click.argument("target")
@store_option(required=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: a free one.")
@click.option("--workers", default=1, show_default=True, help="Only 1: workers are not coordinated yet.")
@click.option("--admin-token-file", type=click.Path(path_type=Path), help="Admin API on, with this token.")
@click.option("--admin-uds", type=click.Path(path_type=Path), help="Admin API on a unix socket (mode 0600).")
@click.option("--admin-prefix", default="/_upward", show_default=True, help="The admin API's path.")
@click.option("--admin-host", multiple=True, metavar="NAME", help="One more Host that the admin API answers.")
@click.option(
    "--ws",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "websockets", "websockets-sansio", "wsproto"]),
    help="uvicorn's WebSocket implementation.",
)
@click.option(
    "--loop",
    default="auto",
    show_default=True,
    type=click.Choice(["auto", "asyncio", "uvloop"]),
    help="uvicorn's event loop.",
)
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
)
@click.option("--shutdown-timeout", default=10, show_default=True, help="Seconds for connections to end.")
@engine_options
@as_json
def run(
    target: str,
    store: Path,
    host: str,
    port: int,
    workers: int,
    admin_token_file: Path | None,
    admin_uds: Path | None,
    admin_prefix: str,
    admin_host: tuple[str, ...],
    ws: str,
    loop: str,
    log_level: str,
    shutdown_timeout: int,
    engine: dict[str, Any],
    as_json: bool,
) -> None:
    """Serve TARGET (package.module:attribute) from the permanent release of the store.

    One line says when it is ready. Without --admin-token-file and --admin-uds there is no admin API.
    """
    if workers != 1:
        raise ManyWorkers(
            expected="one worker",
            got=f"--workers {workers}",
            do="run one worker: more are not coordinated yet, an upgrade would reach only one of them",
        )
    from .serving import Settings, serve
    from .sockets import open_sockets

    admin = _admin(admin_token_file, admin_prefix, admin_host)
    settings = Settings(ws=ws, loop=loop, log_level=log_level, shutdown_timeout=shutdown_timeout)
    stdout = sys.stdout  # an application may put something else there when it is imported
    with open_sockets(host, port, admin_uds) as sockets:
        upward = _upward(target, store, admin, engine)
        side_app = _side_app(upward, admin_prefix) if admin_uds else None
        release = upward.engine.status()["release"] if upward.engine else None

        def ready() -> None:
            line = _ready_line(
                target, release, sockets.url, admin_prefix if admin else None, admin_uds, as_json
            )
            click.echo(line, file=stdout)

        serve(upward, sockets, settings, ready, side_app)


def _admin(token_file: Path | None, prefix: str, hosts: tuple[str, ...]) -> Admin | None:
    from ..admin import Admin

    if token_file is None:
        return None
    default = ("localhost", "127.0.0.1", "[::1]")
    return Admin(token_file=token_file, prefix=prefix, hosts=(*default, *hosts))


def _upward(target: str, store: Path, admin: Admin | None, engine: dict[str, Any]) -> Upward:
    """The middleware round the target. Whatever the import raises becomes `ReleaseDoesNotImport`."""
    from ..middleware import Upward

    try:
        return Upward(target, store=store, admin=admin, **engine)
    except UpwardError:
        raise
    except (Exception, SystemExit) as error:
        raise ReleaseDoesNotImport(
            expected=f"{target} to import from the permanent release of {store}",
            got=f"{type(error).__name__}: {error} ({_place(error)})",
            do="mend the release, or choose another with `upward permanent VERSION --store DIR`",
        ) from error


def _place(error: BaseException) -> str:
    """Where it was raised: the innermost frame that is not the import system's own."""
    frames = traceback.extract_tb(error.__traceback__)
    found = [frame for frame in frames if not frame.filename.startswith("<frozen")]
    return f"{found[-1].filename}, line {found[-1].lineno}" if found else "nowhere to point to"


def _side_app(upward: Upward, prefix: str) -> AdminApp:
    """The admin API alone, for the owner's socket."""
    from ..admin import Admin
    from ..admin.api import AdminApp

    if upward.engine is None or upward.store is None:
        raise ConfigurationError(expected="a store", got="none", do="give --store DIR")
    return AdminApp(Admin(socket=True, prefix=prefix), upward.engine, upward.store, upward.sessions)


def _ready_line(
    target: str, release: object, url: str, prefix: str | None, uds: Path | None, as_json: bool
) -> str:
    admin = [f"{url}{prefix}"] if prefix else []
    admin += [f"unix:{uds}"] if uds else []
    if as_json:
        line = {"serving": target, "release": release, "url": url, "admin": admin, "pid": os.getpid()}
        return json.dumps(line)
    return f"upward: serving {target} {release} at {url}"
