"""One release in the store, and its status, in OTP's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from ..appup.settings import Settings

__all__ = ["Release", "Status"]


class Status(StrEnum):
    """OTP's statuses of a release (https://www.erlang.org/doc/apps/sasl/release_handler.html)."""

    UNPACKED = "unpacked"
    """In the store; it does not run."""

    CURRENT = "current"
    """It runs, provisionally: the next boot starts the permanent release instead."""

    PERMANENT = "permanent"
    """What the next boot starts. It may be what runs, too."""

    OLD = "old"
    """It ran, or was permanent, and was replaced."""


@dataclass(frozen=True, slots=True)
class Release:
    """One immutable version of the application, unpacked in the store."""

    name: str
    """The distribution's name as its METADATA spells it."""

    version: Version
    base: Version
    """The lowest release of this minor version in the store: a downgrade ends there."""

    status: Status
    sha256: str
    """Hexadecimal digest of the wheel it was unpacked from: the release's identity."""

    unpacked_at: datetime
    """In UTC."""

    root: Path
    """The unpacked tree under its own version, such as `releases/1.0.1`."""

    failed: str | None = None
    """Why it failed when it was tried, if it did."""

    @property
    def settings(self) -> Settings:
        """The project's `[tool.upward]`, as it was when the release was built. Raises `BadSettings`."""
        from ..appup.settings import Settings

        return Settings.of_release(self.root)

    def to_json(self) -> dict[str, object]:
        """The release as the register keeps it."""
        return {
            "name": self.name,
            "version": str(self.version),
            "base": str(self.base),
            "status": self.status.value,
            "sha256": self.sha256,
            "unpacked_at": self.unpacked_at.isoformat(),
            "failed": self.failed,
        }
