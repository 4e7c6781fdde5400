"""Every session's new state: computed, assigned, and undone together.

Nothing here awaits. An upgrade stages all sessions within one step of the event loop, or, when they are
many, some in each of several steps while all are held: no handler sees a session between two releases.

This loop is the pause that users feel, and it runs for every session: what is the same for many is looked
up once for each type, and nothing is made that is not needed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Protocol

from packaging.version import Version

from ..errors import CodeChangeError
from ..versions import Down
from .batches import Batch, by_kind
from .defaults import Defaults
from .failures import failed, raised, require_state
from .session import Session, Way
from .snapshot import Snapshot
from .state import Change, Changes

__all__ = ["Broken", "Staged", "warm", "without_collections"]

Broken = dict[Session, CodeChangeError]
"""The sessions whose state could not follow, and why."""
_AT_ONCE = 10
"""How many records of what states held are forgotten in one go."""


class Stamp(Protocol):
    """What says which release new sessions begin with: the registry."""

    release: Version


class Staged:
    """The new states of sessions: `compute` as many as fit into a step, `assign` them, or `undo` all.

    `broken` collects the sessions whose `code_change` failed; without it the first failure is raised.
    """

    def __init__(
        self,
        registry: Stamp,
        *,
        old_vsn: Version,
        to: Version,
        extra: object = None,
        broken: Broken | None = None,
    ) -> None:
        self.to = to
        self.changed = 0
        """How many sessions were given another state object."""
        self.changing: set[tuple[type, type]] = set()
        """The types of the holders and of the states that a `code_change` was called for."""
        self._registry = registry
        self._before = registry.release
        self._down = isinstance(old_vsn, Down)
        self._extra = extra
        self._broken = broken
        self._computed: list[Batch] = []
        self._assigned: list[Batch] = []
        self._snapshot = Snapshot()
        self._simple: dict[type, type | None] = {}
        """Holders whose `code_change` looks at nothing but the state, and the type of that: the quick way.
        None instead of the type when such a state was found to hold more than atoms."""
        self._defaults = Defaults()
        self._changes = Changes()
        self._old_versions: dict[Version, Version | None] = {}

    def __len__(self) -> int:
        return sum(len(batch.sessions) for batch in (*self._assigned, *self._computed))

    def compute(self, sessions: Sequence[Session]) -> None:
        """Call `code_change` for these sessions, some dozens at a time; those that are alike go a quick way.

        Raises `CodeChangeError`: whoever calls this undoes it.
        """
        if self._alike(sessions):
            return
        for group in by_kind(sessions) if any(self._simple.values()) else (sessions,):
            if not self._alike(group):
                self._each(group)

    def assign(self) -> None:
        """Give every computed session its state and stamp; sessions to come begin with the new release."""
        computed = self._computed
        # Before the first is touched: an alarm may interrupt, and `undo` goes by it.
        self._assigned += computed
        self._computed = []
        for batch in computed:
            self.changed += batch.assign(self.to)
        self._registry.release = self.to

    def undo(self) -> None:
        """Every state, its contents and its stamp as they were before."""
        batches = [*self._assigned, *self._computed]
        for batch in batches:
            batch.undo()
        self._assigned, self._computed = [], batches  # `assign` may give them out again
        self._registry.release = self._before
        self._defaults.undo()
        self._snapshot.restore()

    def forget(self) -> Iterator[None]:
        """Let go of the old states, some with each step: `undo` brings back none any more."""
        while self._assigned:
            self._assigned.pop()
            yield
        yield from self._snapshot.forget(_AT_ONCE)

    def told(self) -> Iterator[tuple[Session, Version]]:
        """The sessions that are on another release now, each with what its `upgraded` gets."""
        for session, written_by, _, _ in chain.from_iterable(batch.rows() for batch in self._assigned):
            old_vsn = self._old_versions[written_by]
            if old_vsn is not None:
                yield session, old_vsn

    def _alike(self, sessions: Sequence[Session]) -> bool:
        """Compute their states the quick way; False, with nothing done, when they cannot all go it.

        That is: written by one release, kept by holders of one type whose `code_change` looks at nothing but
        the state, which is of one type too, and holds nothing but atoms.
        """
        first = sessions[0] if sessions else None
        kind = None if first is None else self._simple.get(type(first.holder))
        if first is None or kind is None:
            return False
        written_by, kept_by = first.release, type(first.holder)
        old_vsn = self._old_version(written_by)
        if old_vsn is None or (self._broken and not self._broken.keys().isdisjoint(sessions)):
            return False
        drain = (
            Way.DRAIN
        )  # Python 3.11 takes longer to find a member in its Enum than for all the rest of a row
        holders = [s.holder for s in sessions if s.release is written_by and s.way is not drain]
        if len(holders) != len(sessions) or {*map(type, holders)} != {kept_by}:
            return False
        old = [holder.state for holder in holders]  # type: ignore[union-attr]
        if {*map(type, old)} != {kind}:
            return False
        if not self._snapshot.remember_plain(kind, old):
            self._simple[kept_by] = None
            return False
        batch = Batch([*sessions], holders, [written_by] * len(old), old)
        self._call_all(batch, old_vsn)
        self._computed.append(batch if {*map(type, batch.new)} == {kind} else self._able(batch))
        return True

    def _call_all(self, batch: Batch, old_vsn: Version) -> None:
        """Nothing else is done for each session: this is what the pause consists of."""
        extra, add = self._extra, batch.new.append
        for session, holder, old in zip(batch.sessions, batch.holders, batch.old, strict=True):
            try:
                add(holder.code_change(old_vsn, old, extra))  # type: ignore[union-attr]
            except (Exception, SystemExit) as error:
                self._cannot_follow(session, raised(session, error), error)
                add(None)

    def _able(self, batch: Batch) -> Batch:
        """Those of the batch whose `code_change` returned what can be a state."""
        able = Batch()
        for session, written_by, old, new in batch.rows():
            if self._broken and session in self._broken:
                continue
            try:
                if type(new) is not type(old):
                    require_state(session, old, new)
            except CodeChangeError as error:
                self._cannot_follow(session, error)
                continue
            able.add(session, written_by, old, new)
        return able

    def _each(self, sessions: Iterable[Session]) -> None:
        """Compute the states of sessions of any kind, one by one."""
        batch = Batch()
        written_by: Version | None = None
        old_vsn: Version | None = None
        for session in sessions:
            if session.release is not written_by:
                written_by = session.release
                old_vsn = self._old_version(written_by)
            # A draining session stays in its old frame, so its state stays with the release of that frame.
            if old_vsn is None or session.way is Way.DRAIN:
                continue
            if self._broken and session in self._broken:
                continue
            old = session.state
            try:
                new = self._new_state(session, old_vsn, old)
            except CodeChangeError as error:
                self._cannot_follow(session, error)
                continue
            batch.add(session, written_by, old, new)
        self._computed.append(batch)

    def _cannot_follow(
        self, session: Session, error: CodeChangeError, cause: BaseException | None = None
    ) -> None:
        """Raises the error, unless those that cannot follow are collected."""
        if self._broken is None:
            raise error from cause or error.__cause__
        error.__cause__ = cause or error.__cause__
        self._broken[session] = error

    def _new_state(self, session: Session, old_vsn: Version, old: object) -> object:
        holder = session.holder
        change = self._changes.of(session, old) if old is not None or _has_begun(holder) else None
        if change is None:
            return old if old is None or self._down else self._filled(session, old)
        self.changing.add((type(holder), type(old)))
        if holder is not None and self._changes.uses_holder(type(holder)):
            self._snapshot.remember_attributes(holder)
        elif holder is not None and self._changes.is_simple(type(holder)):
            self._simple.setdefault(type(holder), type(old))
        self._snapshot.remember(old)
        return self._call(change, session, old_vsn, old)

    def _call(self, change: Change, session: Session, old_vsn: Version, old: object) -> object:
        try:
            new = change(old_vsn, old, self._extra)
        except (Exception, SystemExit) as error:
            raise raised(session, error) from error
        if type(new) is not type(old) or new is None:
            require_state(session, old, new)
        return new

    def _old_version(self, written_by: Version) -> Version | None:
        """What `code_change` gets for a state of this release; None when it is there already."""
        if written_by not in self._old_versions:
            there = written_by <= self.to if self._down else written_by >= self.to
            old_vsn = Down(written_by, self.to) if self._down else written_by
            self._old_versions[written_by] = None if there else old_vsn
        return self._old_versions[written_by]

    def _filled(self, session: Session, state: object) -> object:
        try:
            self._defaults.fill(state)
        except CodeChangeError as error:
            error.got = f"{error.got}, for session {session.id}"
            raise
        except Exception as error:
            raise failed(session, f"{type(error).__name__}: {error}", "mend the default") from error
        return state


def warm(sessions: Iterable[Session]) -> None:
    """Touch the states before a commit does: the first look at all attributes of an object takes longer."""
    snapshot = Snapshot()
    for session in sessions:
        snapshot.remember(session.state)
        session.release = session.release


def stage(staged: Staged, sessions: Sequence[Session]) -> Staged:
    """All of them at once, assigning none; undone if one fails."""
    try:
        with without_collections():
            staged.compute(sessions)
    except BaseException:
        staged.undo()
        raise
    return staged


@contextmanager
def without_collections() -> Iterator[None]:
    """No garbage collection: with many sessions it would go over all their new states several times."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _has_begun(holder: object) -> bool:
    """False before `mount` has made the first state: that one is made by whichever code runs then."""
    return getattr(holder, "mounted", False)
