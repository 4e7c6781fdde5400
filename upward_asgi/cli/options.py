"""The options that several commands share, and what they stand for."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ..errors import BadRequest

if TYPE_CHECKING:
    from packaging.version import Version

    from .client import Server

__all__ = ["ServerChoice", "as_json", "proof_options", "server_options", "store_option", "to_version"]

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def proof_options(command: F) -> F:
    """`--prove`, `--import`, `--timeout`: compare with fresh starts, in child processes."""
    for option in (
        click.option(
            "--timeout",
            default=60.0,
            show_default=True,
            type=click.FloatRange(min=0, min_open=True),
            help="Seconds for each start in a clean interpreter and for the rehearsal.",
        ),
        click.option(
            "--import",
            "modules",
            multiple=True,
            metavar="MODULE",
            help="What the service imports; may be repeated.  [default: every module that can be imported]",
        ),
        click.option("--prove", is_flag=True, help="Do it in child processes; compare with fresh starts."),
    ):
        command = option(command)
    return command


def store_option(*, required: bool) -> Callable[[F], F]:
    """`--store DIR`."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        required=required,
        help="The directory of releases.",
    )


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """Which server, as the options name it."""

    url: str | None
    uds: Path | None
    prefix: str
    token_file: Path | None

    @property
    def given(self) -> bool:
        """Whether a server is named, and not only meant by default."""
        return bool(self.url or self.uds)

    def open(self) -> Server:
        """The server, with the token. Raises `ConfigurationError`, `click.UsageError`."""
        from ..admin.configuration import read_token
        from .client import Server

        if self.url and self.uds:
            raise click.UsageError("Give --url or --uds, not both.")
        token = read_token(self.token_file) if self.token_file else os.environ.get("UPWARD_TOKEN") or None
        return Server(url=self.url or "http://127.0.0.1:8000", uds=self.uds, prefix=self.prefix, token=token)


def server_options(command: Callable[..., T]) -> Callable[..., T]:
    """`--url`, `--uds`, `--prefix`, `--token-file`: the command gets a `ServerChoice` as `server`."""

    @functools.wraps(command)
    def with_server(
        *, url: str | None, uds: Path | None, prefix: str, token_file: Path | None, **others: object
    ) -> T:
        return command(server=ServerChoice(url, uds, prefix, token_file), **others)

    return functools.reduce(lambda made, option: option(made), _SERVER, with_server)


_SERVER = (
    click.option(
        "--token-file",
        type=click.Path(path_type=Path),
        envvar="UPWARD_TOKEN_FILE",
        help="A file with the admin token (also: UPWARD_TOKEN_FILE, or the token in UPWARD_TOKEN).",
    ),
    click.option("--prefix", default="/_upward", show_default=True, help="The admin API's path."),
    click.option("--uds", type=click.Path(path_type=Path), help="The admin API's unix socket."),
    click.option("--url", help="The server.  [default: http://127.0.0.1:8000]"),
)


def to_version(text: str) -> Version:
    """A version as the user wrote it. Raises `BadRequest`."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion as error:
        raise BadRequest(expected="a version such as 1.0.1", got=repr(text), do="correct it") from error
