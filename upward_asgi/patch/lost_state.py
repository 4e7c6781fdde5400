"""What a running service has put where the patch makes everything anew: the patched process equals a fresh
start, and what was put there is gone. Only the running process knows whether anything was.

- A table is *refilled* when a statement that fills it changed or went: all that fill it run again, and nobody
  puts in again what the service has put in since.
- An application is *built again* by the statements of the release that build it. What a function added when
  it was called (`app.mount(...)` in a start-up function, an instrumentation's middleware) is not among them.

All descriptions are those of `describe`: of fresh starts of the two releases (`old`, `new`), of the live
process before and after the patch (`before`, `live`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from .compare import Difference, sorted_keys
from .describe_texts import SAME_AS
from .frameworks import places_of_additions

__all__ = ["lost_additions", "lost_entries"]

Description = Mapping[str, str]

_SEEN_ELSEWHERE = (SAME_AS, "ref ")


def lost_entries(
    old: Description, new: Description, before: Description, live: Description, refilled: Iterable[str]
) -> tuple[Difference, ...]:
    """The refilled tables (`pkg.mod:NAME`) that held entries of the running service."""
    return tuple(
        Difference(name, _head(name, new), _head(name, before), "entries of the service would be lost")
        for name in refilled
        if name in before
        and name in old
        and _head(name, live) == _head(name, new)
        and _entries(name, before) != _entries(name, old)
    )


def lost_additions(
    old: Description, before: Description, applications: Iterable[str]
) -> tuple[Difference, ...]:
    """In what the applications (`pkg.mod:app`) hold more, or less, than a fresh start of the old release."""
    return tuple(difference for name in applications for difference in _additions(name, old, before))


def _additions(name: str, old: Description, before: Description) -> Iterator[Difference]:
    if name not in old or name not in before:
        return
    paths = _direct(name, before) or _wrapped(name, before)
    if not paths:
        yield Difference(name, old[name], before[name], "nobody can tell what was added to it at run time")
    for path in paths:
        if _entries(path, before) != _entries(path, old):
            yield Difference(path, _head(path, old), _head(path, before), "added at run time")


def _direct(name: str, before: Description) -> list[str]:
    paths = (f"{name}.{place}" for place in sorted(places_of_additions()))
    return [path for path in paths if _head(path, before) is not None]


def _wrapped(name: str, before: Description) -> list[str]:
    """Those of applications that an object of another kind holds."""
    held = re.compile(
        rf"{re.escape(name)}(\.\w+){{1,2}}\.({'|'.join(map(re.escape, places_of_additions()))})"
    )
    return sorted(path for path in before if held.fullmatch(path))


def _entries(path: str, description: Description) -> tuple[str | None, list[str]]:
    place = _place(path, description)
    return description.get(place), sorted_keys(description.get(f"{place}.order", ""))


def _head(path: str, description: Description) -> str | None:
    return description.get(_place(path, description))


def _place(path: str, description: Description) -> str:
    """Where the object at the path is described: there, or under another of its names."""
    module, _, dotted = path.partition(":")
    name, *parts = dotted.split(".")
    place = _seen(f"{module}:{name}", description)
    for part in parts:
        place = _seen(f"{place}.{part}", description)
    return place


def _seen(path: str, description: Description) -> str:
    text = description.get(path, "")
    sign = next((sign for sign in _SEEN_ELSEWHERE if text.startswith(sign)), None)
    return path if sign is None else text.removeprefix(sign)
