"""Which releases an operation goes through, and what one hop between two neighbours is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from packaging.version import Version

from ..appup.application_effects import left_to_proof
from ..appup.moot import Moot, without_moot
from ..appup.startup import accept_startup
from ..errors import BelowBase, ConfigurationError, NotAPatchRelease, NothingNewer, ReleaseFailedBefore
from ..versions import Down, hops, same_line

if TYPE_CHECKING:
    from ..appup import Appup, Reason, Verdict
    from ..appup.instructions import Instruction
    from ..patch import Prepared
    from ..store import Release, Store

__all__ = [
    "Hop",
    "Step",
    "between",
    "current_of",
    "goal_down",
    "goal_install",
    "goal_up",
    "hops_here",
    "hops_of",
    "judged_here",
    "left_to_the_proof",
    "with_moot_noted",
    "with_startup_accepted",
]


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from a release to its neighbour, up or down."""

    old: Release
    new: Release
    appup: Appup
    moot: tuple[Moot, ...] = ()
    """Reasons that do not count as long as their modules are not imported."""
    unsettled: tuple[Reason, ...] = ()
    """Reasons that the proof is to judge."""

    @property
    def down(self) -> bool:
        """True when the hop goes to the earlier release."""
        return self.new.version < self.old.version

    @property
    def older(self) -> Release:
        """The earlier of the two releases, whichever way the hop goes."""
        return self.new if self.down else self.old

    @property
    def newer(self) -> Release:
        """The later of the two releases."""
        return self.old if self.down else self.new

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The steps of the appup in the hop's direction."""
        return self.appup.down if self.down else self.appup.up

    @property
    def verdict(self) -> Verdict:
        """The verdict in the hop's direction."""
        return self.appup.down_verdict if self.down else self.appup.verdict

    @property
    def old_vsn(self) -> Version:
        """What `code_change` gets as `old_vsn`: a `Down` on the way down."""
        return Down(self.old.version, self.new.version) if self.down else self.old.version

    def to_json(self) -> dict[str, object]:
        """The hop as the report shows it."""
        return {
            "from": str(self.old.version),
            "to": str(self.new.version),
            "instructions": len(self.instructions),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A hop whose code is compiled."""

    hop: Hop
    prepared: Prepared


def hops_of(store: Store, way: Sequence[Release]) -> tuple[Hop, ...]:
    """The hops from each release of `way` to its neighbour, with their appups. Off the loop: it may parse."""
    hops = []
    for old, new in pairwise(way):
        appup = store.appup(min(old.version, new.version), max(old.version, new.version))
        hops.append(Hop(old, new, appup))
    return tuple(hops)


def with_startup_accepted(hop: Hop) -> Hop:
    """The hop with changed start-up code as a note, and no reason against it."""
    appup = hop.appup
    up, down = accept_startup(appup.verdict), accept_startup(appup.down_verdict)
    return replace(hop, appup=replace(appup, verdict=up, down_verdict=down))


def hops_here(store: Store, way: Sequence[Release], *, accept_startup: bool, proven: bool) -> tuple[Hop, ...]:
    """The hops of `hops_of` in this process. Off the loop: it may parse.

    `proven` says that an upgrade which the proof finds wanting is refused.
    """
    from ..patch.modules import imported_modules

    imported = imported_modules()
    return tuple(
        judged_here(hop, imported, accept_startup=accept_startup, proven=proven)
        for hop in hops_of(store, way)
    )


def judged_here(hop: Hop, imported: Collection[str], *, accept_startup: bool, proven: bool) -> Hop:
    """The hop with the verdict that it has in a process which has imported these modules."""
    if accept_startup:
        hop = with_startup_accepted(hop)
    hop = with_moot_noted(hop, imported)
    return left_to_the_proof(hop) if proven else hop


def with_moot_noted(hop: Hop, imported: Collection[str]) -> Hop:
    """The hop in a process that has imported these modules: what it has not cannot stand against the hop."""
    verdict, moot = without_moot(hop.verdict, hop.instructions, imported)
    if not moot:
        return hop
    return replace(_judged(hop, verdict), moot=tuple(dict.fromkeys((*hop.moot, *moot))))


def left_to_the_proof(hop: Hop) -> Hop:
    """The hop with what the proof is to judge as notes; see `Hop.unsettled`."""
    verdict, asked = left_to_proof(hop.verdict)
    return replace(_judged(hop, verdict), unsettled=asked) if asked else hop


def _judged(hop: Hop, verdict: Verdict) -> Hop:
    appup = hop.appup
    return replace(
        hop, appup=replace(appup, down_verdict=verdict) if hop.down else replace(appup, verdict=verdict)
    )


def current_of(store: Store) -> Release:
    """The release that runs. Raises `ConfigurationError` when the store says that none does."""
    current = store.current()
    if current is not None:
        return current
    raise ConfigurationError(
        expected="a current release in the store",
        got="none",
        do="start the service with `upward run`, which boots the permanent release",
    )


def between(store: Store, start: Version, goal: Version) -> tuple[Release, ...]:
    """The releases to go through, `goal` last.

    A release that failed before is passed over, unless it is the goal: a mended release must be within reach
    without running the broken one's `code_change`.
    """
    releases = {r.version: r for r in store.releases() if r.failed is None or r.version == goal}
    return tuple(releases[v] for v in hops(releases, start, goal))


def goal_up(store: Store, to: Version | None) -> Version:
    """Where an upgrade goes: the next patch release, or `to`. Raises `Refused` and `UnknownRelease`."""
    current = current_of(store).version
    if to is not None:
        _require_same_line(current, store.release(to).version)
        if to > current:
            return to
        raise NothingNewer(
            expected=f"a release later than {current}, which runs",
            got=str(to),
            do="go back with `upward downgrade` or `upward install`",
        )
    later = [r for r in store.releases() if same_line(r.version, current) and r.version > current]
    whole = [r.version for r in later if r.failed is None]
    if whole:
        return min(whole)
    if later:
        raise ReleaseFailedBefore(
            expected=f"a patch release after {current} that has not failed before",
            got="; ".join(f"{r.version} failed: {r.failed}" for r in later),
            do=f"unpack a mended release, or try it again by name: `upward upgrade --to {later[0].version}`",
        )
    raise _nothing_newer(current, (r.version for r in store.releases()))


def goal_down(store: Store) -> Version:
    """Where a downgrade goes: one release back. Raises `BelowBase` at the base."""
    current = current_of(store).version
    earlier = [r for r in store.releases() if same_line(r.version, current) and r.version < current]
    whole = [r.version for r in earlier if r.failed is None]
    if whole:
        return max(whole)
    raise BelowBase(
        expected=f"an earlier release on the line of {current} in the store",
        got=f"{current}, the first one",
        do="restart the service on another base (`upward permanent VERSION --store DIR` chooses it)",
    )


def goal_install(store: Store, version: Version) -> Version:
    """Where an install goes. Raises `NotAPatchRelease`, `NothingNewer` and `UnknownRelease`."""
    current = current_of(store).version
    _require_same_line(current, store.release(version).version)
    if version == current:
        raise NothingNewer(
            expected=f"a release other than {current}",
            got=f"{current}, which runs",
            do="nothing is left to do",
        )
    return version


def _require_same_line(current: Version, to: Version) -> None:
    if same_line(current, to):
        return
    raise NotAPatchRelease(
        expected=f"a patch release on the line of {current} ({current.major}.{current.minor}.x)",
        got=f"{to}, a new base",
        do=f"make it permanent (`upward permanent {to} --store DIR`) and restart the service",
    )


def _nothing_newer(current: Version, versions: Iterable[Version]) -> NothingNewer:
    bases = [v for v in versions if v > current]
    found = f"only {bases[-1]}, a new base that needs a restart" if bases else f"{current} as the latest"
    return NothingNewer(
        expected=f"a patch release after {current} in the store",
        got=found,
        do="unpack one with `upward unpack WHEEL --store DIR`",
    )
