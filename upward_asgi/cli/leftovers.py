"""The proof after an upgrade as lines of a report: that nothing live reaches old code, or what does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["leftovers_lines"]

_NAMED = 10


def leftovers_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines, from the JSON of the report."""
    took = f"took {found.get('seconds')} s in a copy, forked in {found.get('fork_ms')} ms"
    left = found["found"]
    if found["looked"] == "none":
        yield f"  proof     not looked whether anything live reaches old code: {found['why']}"
    elif not found["complete"]:
        yield f"  proof     cut short, so not every holder is known: {found['why']} ({took})"
    elif not left:
        yield f"  proof     nothing live reaches old code ({took})"
    else:
        yield f"  proof     what still reaches old code is named below ({took})"
    for one in left[:_NAMED]:
        yield f"  leftover  {_leftover(one)}"
    if len(left) > _NAMED:
        yield f"  leftover  and {len(left) - _NAMED} more in the JSON of the report"


def _leftover(one: Mapping[str, Any]) -> str:
    place = f" of {one['release']} ({one['place']})" if one["release"] else ""
    holders = ", ".join(f"{by} ({many})" for by, many in one["held_by"].items())
    ways = "; ".join(one["ways"])
    held = f", held by {holders}" if holders else ", held by nothing that Python shows"
    kind = f"{one['count']} × {one['what']}"
    if one["what"] == "class":
        kind = f"the class with {one['count']} instance(s)"
    return f"{kind} {one['name']}{place}{held}{f': {ways}' if ways else ''}"
