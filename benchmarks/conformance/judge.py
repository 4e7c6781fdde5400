"""Compares verdicts: what the middleware changes is a defect, whatever the verdict itself is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Baseline", "Difference", "Verdicts", "compare", "summary", "verdicts_of"]

Verdicts = dict[str, tuple[str, str]]
"""By case: the verdict on what was said, and the one on how the connection was closed."""


class Baseline:
    """What the cases' verdicts are without the middleware.

    Some are a matter of timing: whether an echo was on its way before the frame that ends the connection was
    read. So a case may have several verdicts there, and whoever compares asks for more runs of it.
    """

    def __init__(self, first: Verdicts) -> None:
        self.first = first
        """Of the first run, of all cases."""
        self._seen = {case: {verdict} for case, verdict in first.items()}

    def add(self, more: Verdicts) -> None:
        """Another run of some cases."""
        for case, verdict in more.items():
            self._seen.setdefault(case, set()).add(verdict)

    def has(self, case: str, verdict: tuple[str, str] | None) -> bool:
        """True when the case has had this verdict without the middleware."""
        return verdict is not None and verdict in self._seen.get(case, set())

    @property
    def racing(self) -> list[str]:
        """The cases that have had several verdicts."""
        return sorted((case for case, seen in self._seen.items() if len(seen) > 1), key=_numbers)


@dataclass(frozen=True, slots=True)
class Difference:
    """A case whose verdict is another one."""

    case: str
    expected: str
    """The verdict without the middleware; `none` when the case was not run there."""
    got: str

    def __str__(self) -> str:
        return f"case {self.case}: {self.got}, without the middleware {self.expected}"


def verdicts_of(index: Mapping[str, Mapping[str, Mapping[str, object]]], agent: str) -> Verdicts:
    """The verdicts on one agent in Autobahn's `index.json`. Raises `KeyError` when it was not tested."""
    return {
        case: (str(found["behavior"]), str(found["behaviorClose"])) for case, found in index[agent].items()
    }


def compare(without: Baseline, other: Verdicts) -> tuple[Difference, ...]:
    """Every case whose verdict is not one of those without the middleware; in the order of the cases."""
    return tuple(
        Difference(case, _text(without.first.get(case)), _text(other.get(case)))
        for case in sorted({*without.first, *other}, key=_numbers)
        if not without.has(case, other.get(case))
    )


def summary(verdicts: Verdicts) -> dict[str, int]:
    """How many cases had each verdict."""
    return dict(sorted(Counter(behaviour for behaviour, _ in verdicts.values()).items()))


def _text(verdict: tuple[str, str] | None) -> str:
    return "none" if verdict is None else f"{verdict[0]} (close: {verdict[1]})"


def _numbers(case: str) -> list[int]:
    return [int(part) for part in case.split(".")]
