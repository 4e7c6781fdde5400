"""What of the process itself import-time code changes most: working directory, environment, signal handlers.

An undone patch gives these back, as far as they still are what the patch made of them: what others have
changed since is theirs. Not given back is what leaves no trace to compare: files, threads, `atexit`, the
umask, the locale, limits, and what other packages keep.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

__all__ = ["ProcessState"]

_MISSING = object()
_SIGNALS = tuple(signal.valid_signals())  # to ask for them takes as long as all the rest


class ProcessState:
    """The state of the process before a patch, and what the patch made of it."""

    def __init__(self) -> None:
        self._before = _now()
        self._after: Mapping[str, Mapping[Any, object]] | None = None

    def close(self) -> None:
        """The patch is over: what changes from here on is not its doing."""
        self._after = _now()

    def restore(self) -> None:
        """Give back what the patch changed."""
        now = _now()
        after = self._after or now
        for what, give_back in _GIVING_BACK.items():
            before, made, is_now = self._before[what], after[what], now[what]
            for key in {**before, **made}:
                was, came = before.get(key, _MISSING), made.get(key, _MISSING)
                if was != came and is_now.get(key, _MISSING) == came:
                    give_back(key, was)


def _now() -> dict[str, dict[Any, object]]:
    return {
        "directory": {None: _directory()},
        "environment": dict(os.environ),
        "signals": {number: signal.getsignal(number) for number in _SIGNALS},
    }


def _directory() -> str | None:
    """None when it has been deleted."""
    try:
        return os.getcwd()  # noqa: PTH109 - as `os.chdir` takes it
    except OSError:
        return None


def _change_directory(_: None, path: Any) -> None:
    if path is not None:
        os.chdir(path)


def _set_variable(name: str, value: Any) -> None:
    if value is _MISSING:
        del os.environ[name]
    else:
        os.environ[name] = value


def _set_handler(number: int, handler: Any) -> None:
    if handler is not None:  # None: C code set it, which Python can only see
        signal.signal(number, handler)


_GIVING_BACK: dict[str, Any] = {
    "directory": _change_directory,
    "environment": _set_variable,
    "signals": _set_handler,
}
