"""The plan is made anew with what a rehearsal taught, a few times at most.

A value may depend on changed code in ways that no reading of the source shows. The proof finds it as a
difference; when it holds nothing of the running service, marking it to be made anew settles it (see
`patch.refine`). Both `testing.hot_swap` and the server's engine go through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..appup.making import make_appup
from .hop import judged_here

if TYPE_CHECKING:
    from packaging.version import Version

    from ..appup.appup import Appup
    from ..appup.settings import Settings
    from ..patch.compare import Difference
    from .hop import Hop

__all__ = ["ROUNDS", "Lesson", "Refinement", "Refining"]

ROUNDS = 3
"""How often one difference between two releases is planned anew."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the rehearsal of one patch taught."""

    differences: tuple[Difference, ...] = ()
    """In what the patched copy was not what a fresh start of the release is."""
    rebuild: tuple[str, ...] = ()
    """Names (`pkg.mod:NAME`) to make anew; empty when that cannot settle every difference."""
    left_over: tuple[str, ...] = ()
    """Names that are to go, though no statement of the release says so."""
    reset: tuple[str, ...] = ()
    """Names whose live state went, because the new release makes the same kind of thing anew."""


class Refinement:
    """What has been learnt about one difference between two releases."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        """The project's own, and the names to make anew besides."""
        self.rebuilt: tuple[str, ...] = ()
        """The names that were added to its `rebuild`."""
        self._rounds = 0
        self._first: dict[str, Difference] = {}

    def learn(self, lesson: Lesson) -> bool:
        """Add to the settings what settles the differences; False when nothing more is to be learnt."""
        for difference in lesson.differences:
            self._first.setdefault(difference.path, difference)
        names = self._unmarked(lesson.rebuild) or self._unmarked(map(_owner, lesson.rebuild))
        over = tuple(name for name in lesson.left_over if name not in self.settings.left_over)
        if not (names or over) or self._rounds == ROUNDS:
            return False
        self._rounds += 1
        self.rebuilt += names
        rebuild, left_over = (*self.settings.rebuild, *names), (*self.settings.left_over, *over)
        self.settings = replace(self.settings, rebuild=rebuild, left_over=left_over)
        return True

    def as_first_seen(self, lesson: Lesson) -> Lesson:
        """What was not settled, as it was before anything was tried: that is the reason to refuse."""
        return replace(lesson, differences=tuple(self._first.get(d.path, d) for d in lesson.differences))

    def _unmarked(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(names) if name not in self.settings.rebuild)


def _owner(name: str) -> str:
    """The class of an attribute that could not be made anew alone: its decorators may have made it."""
    module, _, dotted = name.partition(":")
    return f"{module}:{dotted.partition('.')[0]}"


class Refining:
    """What one operation learns about each of its hops."""

    def __init__(self, hops: Iterable[Hop]) -> None:
        self._hops = tuple(hops)
        self._learnt = {hop.new.version: Refinement(hop.newer.settings) for hop in self._hops}

    @property
    def rebuilt(self) -> tuple[str, ...]:
        """The names that the rehearsals found to be made anew."""
        return tuple(name for learnt in self._learnt.values() for name in learnt.rebuilt)

    def learn(self, lessons: Mapping[Version, Lesson]) -> bool:
        """Learn from the first hop that differs; what differs later may only follow from that."""
        for version, learnt in self._learnt.items():
            lesson = lessons.get(version)
            if lesson and lesson.differences:
                return learnt.learn(lesson)
        return False

    def as_first_seen(self, lessons: Mapping[Version, Lesson]) -> dict[Version, Lesson]:
        """The lessons with every difference as it was before anything was tried."""
        return {version: self._learnt[version].as_first_seen(lesson) for version, lesson in lessons.items()}

    def planned_again(self) -> tuple[Hop, ...] | None:
        """The hops with what was learnt; None when one cannot be planned so. Parses: off the loop."""
        hops = [_planned_again(hop, self._learnt[hop.new.version]) for hop in self._hops]
        whole = tuple(hop for hop in hops if hop is not None)
        return whole if len(whole) == len(hops) else None


def _planned_again(hop: Hop, learnt: Refinement) -> Hop | None:
    """None when the new plan is cold, and when the release carries an appup that is not the one which is made
    from the two trees: that is its author's word.
    """
    from ..patch.modules import imported_modules

    if not (learnt.rebuilt or learnt.settings.left_over):
        return hop
    plain, refined = (_appup(hop, settings) for settings in (hop.newer.settings, learnt.settings))
    if (plain.up, plain.down) != (hop.appup.up, hop.appup.down):
        return None
    # Start-up code is as it was: the hop is hot already.
    again = judged_here(
        replace(hop, appup=refined), imported_modules(), accept_startup=True, proven=bool(hop.unsettled)
    )
    return again if again.verdict.hot else None


def _appup(hop: Hop, settings: Settings) -> Appup:
    low, high = hop.older, hop.newer
    return make_appup(
        low.root, high.root, old_version=low.version, new_version=high.version, settings=settings
    )
