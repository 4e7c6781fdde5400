"""What one session remembers: the state that an upgrade carries over."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLOURS", "Visitor", "colour_for"]

COLOURS = ("sun", "rose", "leaf", "sky", "plum")


@dataclass
class Visitor:
    """The person behind one open tab."""

    name: str
    ticks: int = 0
    claps: int = 0
    colour: str = "sun"


def colour_for(name: str) -> str:
    """The colour that a name gets until its owner picks another one."""
    return COLOURS[sum(name.encode()) % len(COLOURS)]
