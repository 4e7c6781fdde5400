"""The patch-release rule, on `packaging.version`: x.y.Z goes hot, x.Y and X are new bases."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import Version

__all__ = ["Down", "base_of", "hops", "is_patch_of", "same_line"]


class Down(Version):
    """The version being left on the way down; `to` is the version being gone to.

    `code_change` gets it as `old_vsn` when a release is taken back, where OTP passes `{down, Vsn}`
    (https://www.erlang.org/doc/apps/stdlib/gen_server.html#c:code_change/3).
    """

    to: Version

    def __init__(self, leaving: str | Version, to: str | Version | None = None) -> None:
        super().__init__(str(leaving))
        self.to = Version(str(leaving if to is None else to))


def base_of(version: Version) -> tuple[int, int, int]:
    """The line a release belongs to: epoch, major, minor."""
    return (version.epoch, version.major, version.minor)


def same_line(one: Version, other: Version) -> bool:
    """True when both are releases of one minor version."""
    return base_of(one) == base_of(other)


def is_patch_of(new: Version, old: Version) -> bool:
    """True when `new` is a later patch release on the line of `old`."""
    return same_line(new, old) and new > old


def hops(releases: Iterable[Version], start: Version, goal: Version) -> tuple[Version, ...]:
    """The releases to go through from `start` (left out) to `goal` (included), in order, up or down."""
    low, high = min(start, goal), max(start, goal)
    between = sorted(v for v in set(releases) if low <= v <= high and same_line(v, start) and v != start)
    return tuple(between if goal > start else reversed(between))
