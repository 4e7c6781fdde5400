"""The exit statuses of every command besides 0, done (docs/reference/cli.md)."""

from __future__ import annotations

__all__ = ["ERROR", "REFUSED"]

ERROR = 1
REFUSED = 2
