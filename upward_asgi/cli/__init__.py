"""The `upward` command. Exit status: 0 done, 1 error, 2 refused (docs/reference/cli.md)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (default: the process's) and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    from .failure import guarded

    return guarded(given)
