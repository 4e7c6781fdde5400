"""Setting up the admin API."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from upward_asgi.admin import Admin
from upward_asgi.errors import ConfigurationError


def test_an_admin_without_token_cannot_be_made() -> None:
    """There is no way to an open admin API by leaving something out."""
    with pytest.raises(ConfigurationError, match="a token"):
        Admin()


def test_two_sources_of_the_token_are_refused(tmp_path: Path) -> None:
    """It would not be clear which one holds."""
    with pytest.raises(ConfigurationError, match="one source"):
        Admin(token="x", token_file=tmp_path / "token")


@pytest.mark.parametrize("token", ["", " ", "two words", "tab\there", "ünïcode", "line\n"])
def test_a_token_that_a_header_cannot_carry_is_refused(token: str) -> None:
    """Such a token could never be sent."""
    with pytest.raises(ConfigurationError, match="printable ASCII"):
        Admin(token=token)


@pytest.mark.parametrize("prefix", ["", "/", "admin", "/admin/"])
def test_a_prefix_that_would_shadow_or_miss_is_refused(prefix: str) -> None:
    """The prefix begins with a slash, and is not the whole site."""
    with pytest.raises(ConfigurationError, match="prefix"):
        Admin(token="x", prefix=prefix)


def test_the_token_is_not_shown() -> None:
    """The token is in no representation of the configuration."""
    assert "sesame" not in repr(Admin(token="sesame"))


def test_the_file_is_read_without_its_newline(tmp_path: Path) -> None:
    """What an editor or `echo` wrote is the token."""
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("sesame\n")
    assert Admin(token_file=file).secret() == "sesame"


@pytest.mark.parametrize(
    "content", [None, b"", b"\n\n", b"\xff\xfe"], ids=["missing", "empty", "blank", "bytes"]
)
def test_a_bad_file_is_told_at_once(tmp_path: Path, content: bytes | None) -> None:
    """The error names the file, and comes when the service is set up."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=str(file)):
        Admin(token_file=file)


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    """Any reason for which the file cannot be read is told."""
    with pytest.raises(ConfigurationError, match="directory"):
        Admin(token_file=tmp_path)


def test_a_file_that_everybody_can_write_is_refused(tmp_path: Path) -> None:
    """Anybody here could have put their own token in."""
    file = tmp_path / "token"
    file.write_text("sesame")
    file.chmod(0o622)
    with pytest.raises(ConfigurationError, match="0622"):
        Admin(token_file=file)


def test_a_file_that_everybody_can_read_is_warned_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It works, and the log says how to mend it, without the token."""
    file = tmp_path / "token"
    file.write_text("sesame")
    file.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        Admin(token_file=os.fspath(file))
    assert f"chmod 600 {file}" in caplog.text
    assert "sesame" not in caplog.text
