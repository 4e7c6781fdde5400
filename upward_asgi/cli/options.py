"""The options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ..errors import BadRequest

if TYPE_CHECKING:
    from packaging.version import Version

    from .client import Server

__all__ = ["as_json", "server_from", "server_options", "store_option", "to_version"]

F = TypeVar("F", bound=Callable[..., object])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def store_option(*, required: bool) -> Callable[[F], F]:
    """`--store DIR`."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        required=required,
        help="The directory of releases.",
    )


def server_options(command: F) -> F:
    """`--url`, `--uds`, `--prefix`, `--token-file`: which server, and the right to talk to it."""
    for option in (
        click.option(
            "--token-file",
            type=click.Path(path_type=Path),
            envvar="UPWARD_TOKEN_FILE",
            help="A file with the admin token (also: UPWARD_TOKEN_FILE, or the token in UPWARD_TOKEN).",
        ),
        click.option("--prefix", default="/_upward", show_default=True, help="The admin API's path."),
        click.option("--uds", type=click.Path(path_type=Path), help="The admin API's unix socket."),
        click.option("--url", help="The server.  [default: http://127.0.0.1:8000]"),
    ):
        command = option(command)
    return command


def server_from(url: str | None, uds: Path | None, prefix: str, token_file: Path | None) -> Server:
    """The server that the options name, with the token. Raises `ConfigurationError`, click's errors."""
    from ..admin.configuration import read_token
    from .client import Server

    if url and uds:
        raise click.UsageError("Give --url or --uds, not both.")
    token = read_token(token_file) if token_file else os.environ.get("UPWARD_TOKEN") or None
    return Server(url=url or "http://127.0.0.1:8000", uds=uds, prefix=prefix, token=token)


def to_version(text: str) -> Version:
    """A version as the user wrote it. Raises `BadRequest`."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion as error:
        raise BadRequest(expected="a version such as 1.0.1", got=repr(text), do="correct it") from error
