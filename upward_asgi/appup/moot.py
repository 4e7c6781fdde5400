"""Reasons that are moot in one running process: they speak of a module that it has not imported.

The verdict is made from two trees, and says what would be lost in a process that runs the older one. Live
state, a registration, a start-up function or a route that a function adds exist only where their module was
imported. In a process without it there is nothing to lose: when somebody imports the module later, it is the
new release's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from .instructions import Instruction, former_names
from .trees import name_of_file
from .verdict import Reason, Verdict

__all__ = ["Moot", "count_when_imported", "without_moot"]

_STARTUP = "startup"
_WHEN_IMPORTED = frozenset({"live_state", "removed_effect", "added_at_run_time", _STARTUP})


@dataclass(frozen=True, slots=True)
class Moot:
    """A reason that does not count as long as its module is not imported."""

    module: str
    """The name under which the older release would have it."""
    reason: Reason

    @property
    def at_all(self) -> bool:
        """True when the patch may not import the module either: a fresh start would run its start-up code."""
        return self.reason.code == _STARTUP


def count_when_imported(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those of the reasons that count only where the running service has imported their module."""
    return tuple(reason for reason in reasons if reason.code in _WHEN_IMPORTED and reason.file is not None)


def without_moot(
    verdict: Verdict, instructions: Iterable[Instruction], imported: Collection[str]
) -> tuple[Verdict, tuple[Moot, ...]]:
    """The verdict for a process that has these modules: moot reasons are notes there, and are listed."""
    before = former_names(instructions)
    counting = count_when_imported(verdict.reasons)
    placed = (_moot(reason, before) for reason in counting)
    found = tuple(one for one in placed if one.module not in imported)
    if not found:
        return verdict, ()
    moot = {one.reason for one in found}
    kept = tuple(reason for reason in verdict.reasons if reason not in moot)
    return Verdict(kept, (*verdict.notes, *map(_noted, found))), found


def _noted(one: Moot) -> Reason:
    said = f"{one.reason.message}; the running service has not imported {one.module}"
    return replace(one.reason, message=said, advice="")


def _moot(reason: Reason, before: Mapping[str, str]) -> Moot:
    module = name_of_file(reason.file or "")
    return Moot(before.get(module, module), reason)
