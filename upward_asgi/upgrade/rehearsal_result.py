"""What a rehearsal found out, and whether it lets the upgrade go on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from packaging.version import Version

from ..errors import NotHot, Reasoned, RehearsalFailed
from .messages import Kind
from .proof import reasons_of

if TYPE_CHECKING:
    from ..patch.compare import Difference
    from .refinement import Lesson

__all__ = ["Failure", "Rehearsal"]


@dataclass(slots=True)
class Failure:
    """One cause, and the sessions that met it."""

    cause: str
    where: str
    release: str | None
    """The release whose hop failed."""
    traceback: str
    place: str | None = None
    """Where in the release it was raised: `file:line in function`."""
    count: int = 0
    sessions: list[str] = field(default_factory=list)
    """The ids of the first few."""


@dataclass(slots=True)
class Rehearsal:
    """What the copy found out. Times are in seconds."""

    where: str
    """`fork`, or `none` where the system cannot fork: then the commit's own undo is the only guard."""
    fork_seconds: float = 0.0
    """How long the fork itself held the event loop."""
    changing: frozenset[Kind] | None = None
    """The kinds of state that a `code_change` was called for; None when that was not tried."""
    commit_seconds: float = 0.0
    """How long the commit took in the copy: the pause to expect."""
    failures: list[Failure] = field(default_factory=list)
    reasons: tuple[Reasoned, ...] = ()
    """Why the patch could not follow the release, when it found that out while it was applied."""
    reset: dict[str, str] = field(default_factory=dict)
    """The names that lose what they have gathered, and where they are made anew."""
    lessons: dict[Version, Lesson] = field(default_factory=dict)
    """What comparing the copy with a fresh start taught after each hop, by the release the hop goes to."""
    missed: dict[Version, tuple[str, ...]] = field(default_factory=dict)
    """What a look near the modules alone would have missed, by the release the hop goes to."""
    objects: int = 0
    """How many objects the collector knows, if the copy compared."""
    config: list[dict[str, object]] = field(default_factory=list)
    """What happened to the application's settings, hop by hop."""
    rebuilt: tuple[str, ...] = ()
    """Names that earlier rehearsals of the same operation found to be made anew."""
    proof_seconds: float | None = None
    """How long the comparison with a fresh start took in the copy; None when there was none."""
    ended: str | None = None
    """How the copy ended, when it did not end well: a crash, an exit, no end in time."""

    @property
    def differences(self) -> tuple[Difference, ...]:
        """In what the patched copy was not what a fresh start of the release is, over all hops."""
        return tuple(found for lesson in self.lessons.values() for found in lesson.differences)

    @property
    def missed_files(self) -> bool:
        """True when a file was missing, which may lie beside the new release's modules."""
        return any(failure.cause.startswith("FileNotFoundError") for failure in self.failures)

    @property
    def release(self) -> Version | None:
        """The release whose hop failed first, when that is known."""
        found = [failure.release for failure in self.failures if failure.release]
        return Version(found[0]) if found else None

    def require_success(self, *, equal: bool, closing: bool = False) -> None:
        """Raise `NotHot` or `RehearsalFailed`, naming each cause, when the copy did not end well.

        With `equal`, a difference from a fresh start is a reason against the release. With `closing`,
        sessions that cannot follow are none.
        """
        if self.reasons:
            raise NotHot(self.reasons)
        if self.differences and equal:
            raise NotHot(reasons_of(self.differences))
        failures = [f for f in self.failures if not (closing and f.count)]
        if self.ended is None and not failures:
            return
        causes = [f"{f.cause} in {f.where}" + _at(f.place) + _of_sessions(f) for f in failures]
        raise RehearsalFailed(
            expected="the upgrade to succeed in a forked copy of this process",
            got=self.ended or "; ".join(causes),
            do="mend the release, build it under the next version and unpack that; nothing was touched here",
        )

    def to_json(self) -> dict[str, object]:
        """The rehearsal as the report shows it; times in milliseconds."""
        found: dict[str, object] = {
            "where": self.where,
            "fork_ms": round(self.fork_seconds * 1000, 3),
            "predicted_pause_ms": round(self.commit_seconds * 1000, 3),
            "failures": [asdict(failure) for failure in self.failures],
            "differences": [difference.to_json() for difference in self.differences],
            "equal_to_fresh_start": None if self.proof_seconds is None else not self.differences,
            "rebuilt": list(self.rebuilt),
            "config": self.config,
            "reset": self.reset,
            "near_look_missed": {str(version): list(missed) for version, missed in self.missed.items()},
        }
        if self.where == "none":
            found["note"] = "this system cannot fork; a failing commit is undone in the process itself"
        return found | ({"ended": self.ended} if self.ended else {})


def _at(place: str | None) -> str:
    return f", at {place}" if place else ""


def _of_sessions(failure: Failure) -> str:
    if not failure.count:
        return ""
    more = ", …" if failure.count > len(failure.sessions) else ""
    return f" ({failure.count} session(s): {', '.join(failure.sessions)}{more})"
