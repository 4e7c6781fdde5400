"""What one session remembers: the state that an upgrade carries over."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Visitor"]


@dataclass
class Visitor:
    """The person behind one open tab."""

    name: str
    ticks: int = 0
    claps: int = 0
