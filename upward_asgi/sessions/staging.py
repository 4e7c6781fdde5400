"""Every session's new state: computed, assigned, and undone together.

Nothing here awaits. An upgrade stages all sessions within one step of the event loop, or, when they are
many, some in each of several steps while all are held: no handler sees a session between two releases.

This loop is the pause that users feel, and it runs for every session: what is the same for many is looked
up once for each type, and nothing is made that is not needed.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from packaging.version import Version

from ..errors import CodeChangeError
from ..versions import Down
from .defaults import Defaults
from .session import Session, Way
from .snapshot import Snapshot
from .state import Change, Changes

__all__ = ["Broken", "Staged", "warm", "without_collections"]

Step = tuple[Session, Version, object, object]
"""A session, the release that wrote its state, that state, and the next one."""
Broken = dict[Session, CodeChangeError]
"""The sessions whose state could not follow, and why."""
_AT_ONCE = 100
"""How many sessions are forgotten in one go."""


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
        self._computed: list[Step] = []
        self._steps: list[Step] = []
        """Those assigned."""
        self._snapshot = Snapshot()
        self._simple: dict[type, type] = {}
        """Holders whose `code_change` looks at nothing but the state, and the type of that: the quick way."""
        self._defaults = Defaults()
        self._changes = Changes()
        self._old_versions: dict[Version, Version | None] = {}

    def __len__(self) -> int:
        return len(self._steps) + len(self._computed)

    def compute(self, sessions: Iterable[Session]) -> None:
        """Call `code_change` for these sessions. Raises `CodeChangeError`: whoever calls this undoes it."""
        written_by: Version | None = None
        old_vsn: Version | None = None
        # Local names and no calls of our own on the usual way: this is done for every session.
        simple, extra, broken = self._simple, self._extra, self._broken
        remember_plain, computed = self._snapshot.remember_plain, self._computed.append
        for session in sessions:
            if session.release is not written_by:
                written_by = session.release
                old_vsn = self._old_version(written_by)
            # A draining session stays in its old frame, so its state stays with the release of that frame.
            if old_vsn is None or session.way is Way.DRAIN:
                continue
            if broken and session in broken:
                continue
            holder = session.holder
            old = session.state if holder is None else holder.state
            kind = type(old)
            try:
                if simple.get(type(holder)) is kind and remember_plain(old):
                    try:
                        new = holder.code_change(old_vsn, old, extra)  # type: ignore[union-attr]
                    except (Exception, SystemExit) as error:
                        raise _raised(session, error) from error
                    if type(new) is not kind or new is None:
                        _require_state(session, old, new)
                else:
                    new = self._new_state(session, old_vsn, old)
            except CodeChangeError as error:
                if broken is None:
                    raise
                broken[session] = error
                continue
            computed((session, written_by, old, new))

    def assign(self) -> None:
        """Give every computed session its state and stamp; sessions to come begin with the new release."""
        to, computed = self.to, self._computed
        self._steps += computed  # before the first is touched: an alarm may interrupt, and `undo` goes by it
        self._computed = []
        for session, _, old, new in computed:
            if new is not old:
                holder = session.holder
                if holder is None:
                    session.state = new
                else:
                    holder.state = new
                self.changed += 1
            session.release = to
        self._registry.release = to

    def undo(self) -> None:
        """Every state, its contents and its stamp as they were before."""
        steps = [*self._steps, *self._computed]
        for session, written_by, old, _ in steps:
            if session.state is not old:
                session.state = old
            session.release = written_by
        self._steps, self._computed = [], steps  # `assign` may give them out again
        self._registry.release = self._before
        self._defaults.undo()
        self._snapshot.restore()

    def forget(self) -> Iterator[None]:
        """Let go of the old states, some with each step: `undo` brings back none any more."""
        while self._steps:
            del self._steps[-_AT_ONCE:]
            yield
        yield from self._snapshot.forget(_AT_ONCE)

    def told(self) -> Iterator[tuple[Session, Version]]:
        """The sessions that are on another release now, each with what its `upgraded` gets."""
        for session, written_by, _, _ in self._steps:
            old_vsn = self._old_versions[written_by]
            if old_vsn is not None:
                yield session, old_vsn

    def _new_state(self, session: Session, old_vsn: Version, old: object) -> object:
        holder = session.holder
        change = self._changes.of(session, old) if old is not None or _has_begun(holder) else None
        if change is None:
            return old if old is None or self._down else self._filled(session, old)
        self.changing.add((type(holder), type(old)))
        if holder is not None and self._changes.uses_holder(type(holder)):
            self._snapshot.remember_attributes(holder)
        elif holder is not None and self._changes.is_simple(type(holder)):
            self._simple[type(holder)] = type(old)
        self._snapshot.remember(old)
        return self._call(change, session, old_vsn, old)

    def _call(self, change: Change, session: Session, old_vsn: Version, old: object) -> object:
        try:
            new = change(old_vsn, old, self._extra)
        except (Exception, SystemExit) as error:
            raise _raised(session, error) from error
        if type(new) is not type(old) or new is None:
            _require_state(session, old, new)
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
            raise _failed(session, f"{type(error).__name__}: {error}", "mend the default") from error
        return state


def warm(sessions: Iterable[Session]) -> None:
    """Touch what a commit will touch, before it: after a fork the first write to each page takes its time."""
    snapshot = Snapshot()
    for session in sessions:
        if session.holder is not None:
            snapshot.remember_attributes(session.holder)
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


def _require_state(session: Session, old: object, new: object) -> None:
    """Raise for what cannot be a state."""
    if inspect.isawaitable(new):
        if inspect.iscoroutine(new):
            new.close()
        raise _failed(session, "an awaitable", "make code_change a plain function: it must not await")
    if new is None and old is not None:
        advice = "return the new state from code_change, also when it was changed in place"
        raise _failed(session, "None", advice)


def _raised(session: Session, error: BaseException) -> CodeChangeError:
    return _failed(session, f"{type(error).__name__}: {error}", "mend code_change")


def _failed(session: Session, got: str, do: str) -> CodeChangeError:
    kind = session.state_type or "no state"
    return CodeChangeError(
        expected="code_change to return the new state",
        got=f"{got}, for session {session.id} (state {kind}, written by {session.release})",
        do=do,
    )
