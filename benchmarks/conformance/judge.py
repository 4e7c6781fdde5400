"""Compares verdicts: what the middleware changes is a defect, whatever the verdict itself is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Difference", "Verdicts", "compare", "summary", "verdicts_of"]

Verdicts = dict[str, tuple[str, str]]
"""By case: the verdict on what was said, and the one on how the connection was closed."""


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


def compare(without: Verdicts, other: Verdicts) -> tuple[Difference, ...]:
    """Every case whose verdicts differ, or that only one of the two has; in the order of the cases."""
    return tuple(
        Difference(case, _text(without.get(case)), _text(other.get(case)))
        for case in sorted({*without, *other}, key=_numbers)
        if without.get(case) != other.get(case)
    )


def summary(verdicts: Verdicts) -> dict[str, int]:
    """How many cases had each verdict."""
    return dict(sorted(Counter(behaviour for behaviour, _ in verdicts.values()).items()))


def _text(verdict: tuple[str, str] | None) -> str:
    return "none" if verdict is None else f"{verdict[0]} (close: {verdict[1]})"


def _numbers(case: str) -> list[int]:
    return [int(part) for part in case.split(".")]
