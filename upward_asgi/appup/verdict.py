"""The verdict on a release: hot or cold, with every reason at its file and line.

A cold reason forbids the hot upgrade. A note does not: it says what a person should know beforehand
(a Dockerfile that takes effect at the next restart, live state that is kept).
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import items, mapping, optional, required

__all__ = ["Reason", "Verdict"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding about a release; in a verdict's `reasons` it makes the release cold."""

    code: str
    """A stable word for machines: `requirement`, `native`, `migration`, `startup`, …"""

    message: str
    """What was found, as a clause for people."""

    file: str | None = None
    """Relative to the release's root, with forward slashes."""

    line: int | None = None
    """Counted from 1, in the release being gone to unless the message says otherwise."""

    advice: str = ""
    """What to do about it."""

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        place = "" if self.file is None else f"{self.file}{line}: "
        advice = f"; {self.advice}" if self.advice else ""
        return f"{place}{self.message}{advice}"

    def to_json(self) -> dict[str, object]:
        """All five fields as plain JSON values."""
        return {
            "code": self.code,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "advice": self.advice,
        }

    @classmethod
    def from_json(cls, data: object) -> Reason:
        """The reason that `to_json` wrote. Raises `InternalError` when the data is not one."""
        fields = mapping(data, "a reason")
        return cls(
            code=required(fields, "code", str, "reason"),
            message=required(fields, "message", str, "reason"),
            file=optional(fields, "file", str, "reason"),
            line=optional(fields, "line", int, "reason"),
            advice=optional(fields, "advice", str, "reason") or "",
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hot when there is no reason against it."""

    reasons: tuple[Reason, ...] = ()
    """Why the release is cold."""

    notes: tuple[Reason, ...] = ()
    """What to know although it forbids nothing."""

    @property
    def hot(self) -> bool:
        """True when the release can be applied to the running process."""
        return not self.reasons

    def merged(self, *others: Verdict) -> Verdict:
        """One verdict of all: hot only if every one is; order kept, a finding made twice counts once."""
        everyone = (self, *others)
        return Verdict(
            reasons=tuple(dict.fromkeys(reason for one in everyone for reason in one.reasons)),
            notes=tuple(dict.fromkeys(note for one in everyone for note in one.notes)),
        )

    def to_json(self) -> dict[str, object]:
        """`hot`, `reasons` and `notes`; `hot` is for readers and is derived again when read."""
        return {
            "hot": self.hot,
            "reasons": [reason.to_json() for reason in self.reasons],
            "notes": [note.to_json() for note in self.notes],
        }

    @classmethod
    def from_json(cls, data: object) -> Verdict:
        """The verdict that `to_json` wrote. Raises `InternalError` when the data is not one."""
        fields = mapping(data, "a verdict")
        return cls(
            reasons=tuple(Reason.from_json(item) for item in items(fields, "reasons", "verdict")),
            notes=tuple(Reason.from_json(item) for item in items(fields, "notes", "verdict")),
        )
