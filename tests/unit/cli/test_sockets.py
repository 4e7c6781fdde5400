"""The sockets that `upward run` listens on."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from upward_asgi.cli.sockets import listen_tcp, listen_unix, unlink_own, url_of
from upward_asgi.errors import ConfigurationError


def test_port_0_becomes_a_real_port() -> None:
    """The URL names the port that was given."""
    with listen_tcp("127.0.0.1", 0) as opened:
        assert url_of(opened) == f"http://127.0.0.1:{opened.getsockname()[1]}"
        assert opened.getsockname()[1] != 0


def test_localhost_is_the_ipv4_address() -> None:
    """Clients that try 127.0.0.1 only reach it."""
    with listen_tcp("localhost", 0) as opened:
        assert opened.family == socket.AF_INET


def test_a_port_that_is_taken_is_told() -> None:
    """With the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"127.0.0.1, port {port}.*in use"):
            listen_tcp("127.0.0.1", port)


def test_a_host_that_is_none_is_told() -> None:
    """A name that does not resolve."""
    with pytest.raises(ConfigurationError, match=r"no\.such\.host\.invalid"):
        listen_tcp("no.such.host.invalid", 0)


def test_only_the_owner_can_open_the_socket(tmp_path: Path) -> None:
    """Mode 0600 whatever the umask, which is put back."""
    before = os.umask(0)
    try:
        with listen_unix(tmp_path / "admin") as opened:
            mode = (tmp_path / "admin").stat().st_mode
            assert stat.S_ISSOCK(mode)
            assert stat.S_IMODE(mode) == 0o600
            assert opened.family == socket.AF_UNIX
        assert os.umask(0) == 0
    finally:
        os.umask(before)


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    """One that a killed server left behind."""
    listen_unix(tmp_path / "admin").close()
    listen_unix(tmp_path / "admin").close()
    assert (tmp_path / "admin").exists()


def test_a_socket_in_use_is_not_taken(tmp_path: Path) -> None:
    """Another server answers there."""
    with listen_unix(tmp_path / "admin") as opened:
        opened.listen()
        with pytest.raises(ConfigurationError, match="one that answers"):
            listen_unix(tmp_path / "admin")


def test_a_file_is_not_taken_for_a_stale_socket(tmp_path: Path) -> None:
    """It stays."""
    (tmp_path / "admin").write_text("mine")
    with pytest.raises(ConfigurationError, match="no socket"):
        listen_unix(tmp_path / "admin")
    assert (tmp_path / "admin").read_text() == "mine"


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    """With the path."""
    with pytest.raises(ConfigurationError, match=str(tmp_path / "none")):
        listen_unix(tmp_path / "none" / "admin")


def test_removing_what_is_gone_is_no_error(tmp_path: Path) -> None:
    """Somebody was faster."""
    unlink_own(tmp_path / "gone")
