"""The sockets that `upward run` listens on, opened before anything else so that a mistake is told clearly."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigurationError

__all__ = ["Sockets", "listen_tcp", "listen_unix", "open_sockets", "unlink_own", "url_of"]


@dataclass(frozen=True, slots=True)
class Sockets:
    """Where a process listens."""

    tcp: socket.socket
    """For the application."""
    admin: socket.socket | None
    """For the admin API's owner, if there is one."""

    @property
    def url(self) -> str:
        """The application's address."""
        return url_of(self.tcp)


@contextlib.contextmanager
def open_sockets(host: str, port: int, admin: Path | None) -> Iterator[Sockets]:
    """The sockets, until the block ends; the unix socket's file is removed then."""
    with contextlib.ExitStack() as opened:
        tcp = opened.enter_context(listen_tcp(host, port))
        if admin is None:
            yield Sockets(tcp, None)
            return
        owners = opened.enter_context(listen_unix(admin))
        opened.callback(unlink_own, admin)
        yield Sockets(tcp, owners)


def listen_tcp(host: str, port: int) -> socket.socket:
    """A socket bound to the address, an IPv4 one if the name has both. Raises `ConfigurationError`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _unusable(f"{host}, port {port}", error) from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
    except OSError as error:
        opened.close()
        raise _unusable(f"{host}, port {port}", error) from error
    return opened


def url_of(listening: socket.socket) -> str:
    """The URL that reaches this socket from here."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen_unix(path: Path) -> socket.socket:
    """A unix socket that only its owner can open; a stale one is replaced. Raises `ConfigurationError`."""
    _remove_stale(path)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # The mode must be right from the first moment on: a chmod afterwards leaves a gap.
    before = os.umask(0o177)
    try:
        opened.bind(str(path))
    except OSError as error:
        opened.close()
        raise _unusable(str(path), error) from error
    finally:
        os.umask(before)
    return opened


def unlink_own(path: Path) -> None:
    """Remove a socket that was ours; it may be gone already."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def _remove_stale(path: Path) -> None:
    """Remove a socket that nobody listens on; anything else at this path stays and is an error."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return  # nothing there; if the folder is missing too, binding says so
    if not stat.S_ISSOCK(mode):
        raise ConfigurationError(
            expected=f"no file at {path}", got="one that is no socket", do="choose another"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
            return
    raise ConfigurationError(
        expected=f"no server at {path}", got="one that answers", do="stop it, or choose another path"
    )


def _unusable(address: str, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        expected=f"to listen on {address}", got=error.strerror or str(error), do="choose another address"
    )
