"""How the admin API is set up: `Admin`, and reading the token."""

from __future__ import annotations

import logging
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ConfigurationError

__all__ = ["Admin", "read_token"]

log = logging.getLogger("upward_asgi.admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """The admin API of one service.

    Give `token` or `token_file`; without either, and without `socket`, nothing is served and making an
    `Admin` raises `ConfigurationError`: an admin API is remote code execution by design, so it is off until
    it is configured.
    """

    token: str | None = field(default=None, repr=False)
    """What callers send as `Authorization: Bearer TOKEN`."""
    token_file: str | Path | None = None
    """A file that holds the token; read once, at start-up."""
    prefix: str = "/_upward"
    """The path below which the calls are."""
    hosts: Sequence[str] = ("localhost", "127.0.0.1", "[::1]")
    """The `Host` headers that are answered: a name allows every port, `name:port` only that one."""
    origins: Sequence[str] = ()
    """Origins (`https://ops.example.com`) of pages that may call, besides the server's own."""
    body_limit: int = 64 * 1024
    """The most bytes of a request's body."""
    wait_limit: float = 120.0
    """The most seconds that `Prefer: wait=N` is honoured for."""
    health_without_token: bool = False
    """Whether `livez` and `readyz` answer without the token; their Host is checked all the same."""
    socket: bool = False
    """The server listens on a unix socket that only its owner can open: no token, no Host is asked for."""

    def __post_init__(self) -> None:
        _check_prefix(self.prefix)
        if self.token is not None and self.token_file is not None:
            raise ConfigurationError(
                expected="one source of the admin token", got="token and token_file", do="give one of them"
            )
        if self.token is not None:
            _check_token(self.token, "the token")
        if self.token is None and self.token_file is None and not self.socket:
            raise ConfigurationError(
                expected="a token for the admin API",
                got="none",
                do="give Admin(token=...) or Admin(token_file=...), or leave the admin API off",
            )
        self.secret()  # a bad token file is to be known now, not at the first call

    def secret(self) -> str | None:
        """The token, from the file if need be; None on the owner's socket. Raises `ConfigurationError`."""
        if self.token_file is not None:
            return read_token(Path(self.token_file))
        return self.token


def read_token(path: Path) -> str:
    """The token in a file, without surrounding white space.

    Raises `ConfigurationError` when the file is missing, unreadable, empty, or writable by everybody. A file
    that others can read is named in a warning.
    """
    try:
        mode = path.stat().st_mode
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            expected=f"a readable file with the admin token at {path}",
            got=_why(error),
            do=f"write one: (umask 077; openssl rand -hex 24 > {path})",
        ) from error
    _check_token(token, str(path))
    _check_mode(path, mode)
    return token


def _why(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "bytes that are no text"


def _check_mode(path: Path, mode: int) -> None:
    if mode & stat.S_IWOTH:
        raise ConfigurationError(
            expected="an admin token that only its owner can write",
            got=f"{path} with mode {stat.S_IMODE(mode):04o}",
            do=f"make a new token and run chmod 600 {path}",
        )
    if mode & stat.S_IROTH:
        log.warning("the admin token in %s can be read by every user here; run chmod 600 %s", path, path)


def _check_token(token: str, where: str) -> None:
    if token and token.isascii() and token.isprintable() and " " not in token:
        return
    raise ConfigurationError(
        expected=f"an admin token of printable ASCII characters without spaces in {where}",
        got="nothing" if not token else "other characters",
        do="make one: openssl rand -hex 24",
    )


def _check_prefix(prefix: str) -> None:
    if prefix.startswith("/") and len(prefix) > 1 and not prefix.endswith("/"):
        return
    raise ConfigurationError(
        expected="a prefix that begins with a slash and does not end with one, such as /_upward",
        got=repr(prefix),
        do="correct Admin(prefix=...)",
    )
