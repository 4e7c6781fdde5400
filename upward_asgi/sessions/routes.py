"""Routes whose handlers may be restarted though they carry no mark."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Routes"]

_PARAMETER = re.compile(r"\{\w+(?::(\w+))?\}")


class Routes:
    """Paths as the application writes them, mounts included: `/rooms/{room}`, `/files/{name:path}`."""

    def __init__(self, always: Iterable[str] = ()) -> None:
        self._always = tuple(always)
        self._pattern: re.Pattern[str] | None = None
        self.of_release(())

    def of_release(self, paths: Iterable[str]) -> None:
        """From now on these, of the release that runs, besides those of who serves it."""
        patterns = "|".join(map(_pattern, (*self._always, *paths)))
        self._pattern = re.compile(patterns) if patterns else None

    def match(self, path: str) -> bool:
        """True when the handlers of this path may be restarted."""
        return self._pattern is not None and self._pattern.fullmatch(path) is not None


def _pattern(path: str) -> str:
    """A path parameter stands for one part of a path; one of the kind `path` for any number."""
    made, at = "", 0
    for parameter in _PARAMETER.finditer(path):
        made += re.escape(path[at : parameter.start()]) + (".*" if parameter[1] == "path" else "[^/]+")
        at = parameter.end()
    return made + re.escape(path[at:])
