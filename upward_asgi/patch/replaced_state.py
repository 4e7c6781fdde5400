"""Live state that a changed statement replaced by something of another kind.

`ROOM = Room()` has members by now, and becomes `ROOM = Lobby()`: the patched process equals a fresh start,
and everybody is out of the room. Only the release's author knows how one becomes the other. Where the kind
stays (`Hub(10)`, `Hub(20)`; a table with another entry) the new text is taken at its word, and it is told
that what the name had gathered is gone (`reset_state`). A name that the release no longer has goes with what
it held.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from .compare import Difference

__all__ = ["replaced_state", "reset_state"]

_COUNT = re.compile(r" of \d+.*", re.S)
_NAME = re.compile(r"[^:]+:\w+")
_FOREIGN = frozenset({"class", "function", "module", "local", "detached"})


def replaced_state(
    old: Mapping[str, str],
    new: Mapping[str, str],
    before: Mapping[str, str],
    live: Mapping[str, str],
    *,
    settled: Collection[str] = (),
) -> tuple[Difference, ...]:
    """The module-level names whose live state went that way.

    `old` and `new` describe fresh starts, `before` and `live` the process before and after the patch, as
    `describe` does. `settled` are names (`pkg.mod:NAME`) with a marker or a `__code_change__` of the user's.
    """
    names = (path for path in sorted(before) if _is_name(path) and path not in settled)
    return tuple(
        Difference(name, new[name], before[name], "live state that the changed statement would replace")
        for name in names
        if name in old
        and name in new
        and live.get(name) == new[name]
        and None not in (_kind(old[name]), _kind(new[name]))
        and _kind(old[name]) != _kind(new[name])
        and _is_live(name, old, before)
    )


def reset_state(
    old: Mapping[str, str],
    new: Mapping[str, str],
    before: Mapping[str, str],
    live: Mapping[str, str],
    *,
    settled: Collection[str] = (),
) -> Iterator[str]:
    """The module-level names that had lived, and are what a fresh start makes now, of the same kind.

    The arguments are those of `replaced_state`.
    """
    was, now = _by_name(old, before), _by_name(new, live)
    for name in sorted(old.keys() & new.keys()):
        if name in settled or not _is_name(name) or _kind(old[name]) is None:
            continue
        lived = any(old.get(path) != before.get(path) for path in was[name])
        fresh = all(new.get(path) == live.get(path) for path in now[name])
        if lived and fresh and _kind(old[name]) == _kind(new[name]):
            yield name


def _by_name(*descriptions: Mapping[str, str]) -> dict[str, set[str]]:
    """The paths at and below each module-level name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in {path for description in descriptions for path in description}:
        name = _NAME.match(path)
        if name is not None:
            found[name[0]].add(path)
    return found


def _is_name(path: str) -> bool:
    inner = path.partition(":")[2]
    return inner.isidentifier() and not inner.startswith("__")


def _kind(text: str) -> str | None:
    """What kind of thing a description is of; None for what keeps no state that is the application's."""
    if text.partition(" ")[0] in _FOREIGN or (text.startswith("ref ") and " of " not in text):
        return None
    if text.startswith("instance of "):
        return text if text.startswith("instance of ref ") else None
    container = _COUNT.sub("", text)
    return container if container != text else "a plain value"


def _is_live(name: str, old: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """True when the process has made more of it than a fresh start does."""
    paths = (p for p in old.keys() | before.keys() if p == name or p.startswith((f"{name}.", f"{name}[")))
    return any(old.get(path) != before.get(path) for path in paths)
