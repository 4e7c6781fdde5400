"""The equality proof: the rehearsed process must be what a fresh start of the release would be.

A silent wrong result is the worst defect there is; here it becomes a refusal. Clean interpreters start the
old and the new release from scratch (the new one twice: what differs between two fresh starts, a time or an
id, says nothing); the forked copy compares itself with them before and after the patch.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ..appup.code_changes import Carried
from .refinement import Lesson

if TYPE_CHECKING:
    from ..appup import Reason
    from ..patch.compare import Difference

__all__ = ["Proof", "ProofPolicy", "reasons_of"]

_NAMED = 20
"""Differences that a refusal names."""

Description = Mapping[str, str]


class ProofPolicy(StrEnum):
    """What a difference between the rehearsed process and a fresh start leads to."""

    REFUSE = "refuse"
    """The release is refused, with the differences as reasons."""
    REPORT = "report"
    """The operation goes on; its report names the differences."""
    OFF = "off"
    """Nothing is compared."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Two fresh starts to compare a patched process with."""

    old: Description
    new: Description
    noise: frozenset[str]
    packages: tuple[str, ...]
    roots: Mapping[str, str]
    kept: tuple[str, ...]
    rebuilt: tuple[str, ...] = ()
    """Names that the user said to make anew."""

    def describe_live(self) -> Description:
        """This process, as far as the release's own modules go."""
        from ..patch.describe import describe
        from ..patch.modules import names_below

        modules = {name: sys.modules[name] for name in names_below(self.packages)}
        return describe(modules, roots=self.roots)

    def differences(self, before: Description, live: Description, carried: Carried) -> tuple[Difference, ...]:
        """In what the patched process `live` is not what a fresh start would be, explained things apart.

        `carried` is what the patch's instructions say of live state.
        """
        from ..patch.compare import compare

        return compare(
            self.old,
            self.new,
            before,
            live,
            noise=self.noise,
            kept=(*self.kept, *carried.names),
            migrated=carried.classes,
            modules=carried.renamed,
        )

    def lesson(self, before: Description, live: Description, carried: Carried) -> Lesson:
        """The differences, and the names to make anew or to drop that would settle them."""
        from ..patch.refine import names_left_over, names_to_rebuild

        found = self.differences(before, live, carried)
        if not found:
            reset = self._reset(before, live, carried)
            return Lesson(self._gone(before, live, carried), reset=reset)
        over = names_left_over(found, self.old, before)
        return Lesson(found, names_to_rebuild(found, self.old, before, live, over), over)

    def _gone(self, before: Description, live: Description, carried: Carried) -> tuple[Difference, ...]:
        """What a fresh start does not have and nobody has settled: live state that is gone."""
        from ..patch.lost_state import lost_additions, lost_entries
        from ..patch.replaced_state import replaced_state

        settled = self._settled(carried)
        refilled = (name for name in carried.refilled if name not in settled)
        return (
            *replaced_state(self.old, self.new, before, live, settled=settled),
            *lost_entries(self.old, self.new, before, live, refilled),
            *lost_additions(self.old, before, carried.applications),
        )

    def _reset(self, before: Description, live: Description, carried: Carried) -> tuple[str, ...]:
        """What was made anew, though the same kind of thing, and had lived."""
        from ..patch.replaced_state import reset_state

        return tuple(reset_state(self.old, self.new, before, live, settled=self._settled(carried)))

    def _settled(self, carried: Carried) -> set[str]:
        """The names that somebody has decided about."""
        return {*self.kept, *self.rebuilt, *carried.names, *self.noise}


def reasons_of(differences: Sequence[Difference]) -> tuple[Reason, ...]:
    """The differences as reasons against a release."""
    from ..appup import Reason

    code = "differs_from_fresh_start"
    advice = "release it as a new minor version, or mark the name in [tool.upward]"
    named = [Reason(code, str(difference), advice=advice) for difference in differences[:_NAMED]]
    more = len(differences) - len(named)
    return (*named, *([Reason(code, f"{more} more differences")] if more else []))
