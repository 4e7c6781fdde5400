"""Small helpers that put numbers into words."""

from __future__ import annotations

__all__ = ["clock", "count"]


def clock(seconds: int) -> str:
    """Seconds as minutes and seconds."""
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes}:{seconds:02}"


def count(number: int, noun: str) -> str:
    """`3 notes`, `1 note`, `no notes`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number or 'no'} {noun}s"
