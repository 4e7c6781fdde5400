"""Every session's new state at once: computed first, assigned together, undone together.

Nothing here awaits. The upgrade calls `stage`, `assign` and, when anything fails, `undo` within one step of
the event loop, so no handler sees a session between two releases.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import anyio
from packaging.version import Version

from ..errors import CodeChangeError
from ..versions import Down
from .defaults import fill_defaults
from .session import Holder, Session, Way
from .snapshot import Snapshot
from .state import Change, change_for

if TYPE_CHECKING:
    from .registry import Sessions

__all__ = ["Staged", "stage"]


@runtime_checkable
class Upgradable(Protocol):
    """A holder that wants to know that its session was upgraded."""

    async def notify_upgraded(self, old_vsn: Version) -> None:
        """Return when the holder has been told, or has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One session's way from one state to the next."""

    session: Session
    old_vsn: Version
    old: object
    new: object
    holder: Holder | None


class Staged:
    """The new states of all sessions, not yet assigned."""

    def __init__(self, sessions: Sessions, steps: tuple[Step, ...], to: Version, snapshot: Snapshot) -> None:
        self._sessions = sessions
        self._steps = steps
        self._to = to
        self._snapshot = snapshot
        self._before = sessions.release
        self._stamps = tuple(step.session.release for step in steps)

    def __len__(self) -> int:
        return len(self._steps)

    def assign(self) -> None:
        """Give every session its new state and version stamp; sessions to come begin with the new release."""
        for step in self._steps:
            if step.new is not step.old:
                step.session.state = step.new
            step.session.release = self._to
        self._sessions.release = self._to

    def undo(self) -> None:
        """Every state, its contents and its stamp as they were before `stage`."""
        for step, stamp in zip(self._steps, self._stamps, strict=True):
            if step.session.state is not step.old:
                step.session.state = step.old
            step.session.release = stamp
        self._sessions.release = self._before
        self._snapshot.restore()

    async def upgraded(self) -> None:
        """Tell every session that has an `upgraded`, each between two of its messages; after the commit."""
        # By then sessions may have ended: telling one of those returns at once.
        async with anyio.create_task_group() as tasks:
            for step in self._steps:
                if isinstance(step.holder, Upgradable):
                    tasks.start_soon(step.holder.notify_upgraded, step.old_vsn)


def stage(
    registry: Sessions, sessions: Iterable[Session], *, old_vsn: Version, to: Version, extra: object
) -> Staged:
    """See `Sessions.stage`."""
    snapshot = Snapshot()
    try:
        steps = tuple(
            _step(session, old, extra, snapshot)
            for session in sessions
            if (old := _old_version(session, old_vsn, to)) is not None
        )
    except BaseException:
        snapshot.restore()
        raise
    return Staged(registry, steps, to, snapshot)


def _old_version(session: Session, old_vsn: Version, to: Version) -> Version | None:
    """What this session's `code_change` gets; None when its state is not to be touched.

    A draining session stays in its old frame, so its state stays with the release of that frame.
    """
    if session.way is Way.DRAIN:
        return None
    if isinstance(old_vsn, Down):
        return Down(session.release, to) if session.release > to else None
    return session.release if session.release < to else None


def _step(session: Session, old_vsn: Version, extra: object, snapshot: Snapshot) -> Step:
    old = session.state
    change = change_for(session) if _has_begun(session) else None
    if change is not None:
        if session.holder is not None:
            snapshot.remember_attributes(session.holder)
        snapshot.remember(old)
        new = _call(change, session, old_vsn, old, extra)
    else:
        new = _fill(session, old, old_vsn, snapshot)
    return Step(session, old_vsn, old, new, session.holder)


def _has_begun(session: Session) -> bool:
    """False before `mount` has made the first state: that one is made by whichever code runs then."""
    return session.state is not None or getattr(session.holder, "mounted", False)


def _fill(session: Session, state: object, old_vsn: Version, snapshot: Snapshot) -> object:
    if state is None or isinstance(old_vsn, Down):
        return state
    snapshot.remember(state)
    try:
        fill_defaults(state)
    except CodeChangeError as error:
        error.got = f"{error.got}, for session {session.id}"
        raise
    except Exception as error:
        raise _failed(session, f"{type(error).__name__}: {error}", "mend the default") from error
    return state


def _call(change: Change, session: Session, old_vsn: Version, old: object, extra: object) -> object:
    try:
        new = change(old_vsn, old, extra)
    except (Exception, SystemExit) as error:
        raise _failed(session, f"{type(error).__name__}: {error}", "mend code_change") from error
    if inspect.isawaitable(new):
        if inspect.iscoroutine(new):
            new.close()
        raise _failed(session, "an awaitable", "make code_change a plain function: it must not await")
    if new is None and old is not None:
        raise _failed(
            session, "None", "return the new state from code_change, also when it was changed in place"
        )
    return new


def _failed(session: Session, got: str, do: str) -> CodeChangeError:
    kind = session.state_type or "no state"
    return CodeChangeError(
        expected="code_change to return the new state",
        got=f"{got}, for session {session.id} (state {kind}, written by {session.release})",
        do=do,
    )
