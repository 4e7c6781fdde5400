"""Every session's new state at once: computed first, assigned together, undone together.

Nothing here awaits. The upgrade calls `stage`, `assign` and, when anything fails, `undo` within one step of
the event loop, so no handler sees a session between two releases.
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import anyio
from packaging.version import Version

from ..errors import CodeChangeError
from ..versions import Down
from .defaults import Defaults
from .session import Holder, Session, Way
from .snapshot import Snapshot
from .state import Change, Changes

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

    def __init__(self, sessions: Sessions, staging: Staging, steps: tuple[Step, ...]) -> None:
        self._sessions = sessions
        self._staging = staging
        self._steps = steps
        self._before = sessions.release
        self._stamps = tuple(step.session.release for step in steps)

    def __len__(self) -> int:
        return len(self._steps)

    def assign(self) -> None:
        """Give every session its new state and version stamp; sessions to come begin with the new release."""
        to = self._staging.to
        for step in self._steps:
            if step.new is not step.old:
                step.session.state = step.new
            step.session.release = to
        self._sessions.release = to

    def undo(self) -> None:
        """Every state, its contents and its stamp as they were before `stage`."""
        for step, stamp in zip(self._steps, self._stamps, strict=True):
            if step.session.state is not step.old:
                step.session.state = step.old
            step.session.release = stamp
        self._sessions.release = self._before
        self._staging.undo()

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
    staging = Staging(old_vsn, to, extra)
    try:
        with _without_collections():
            steps = tuple(step for session in sessions if (step := staging.step(session)) is not None)
    except BaseException:
        staging.undo()
        raise
    return Staged(registry, staging, steps)


class Staging:
    """The computing of all new states; what is the same for many sessions is looked up once."""

    def __init__(self, old_vsn: Version, to: Version, extra: object) -> None:
        self.to = to
        self._down = isinstance(old_vsn, Down)
        self._extra = extra
        self._snapshot = Snapshot()
        self._defaults = Defaults()
        self._changes = Changes()
        self._old_versions: dict[Version, Version | None] = {}

    def step(self, session: Session) -> Step | None:
        """This session's step; None when its state is not to be touched.

        A draining session stays in its old frame, so its state stays with the release of that frame.
        """
        old_vsn = None if session.way is Way.DRAIN else self._old_version(session.release)
        if old_vsn is None:
            return None
        old = session.state
        change = self._changes.of(session) if _has_begun(session) else None
        if change is not None:
            if session.holder is not None:
                self._snapshot.remember_attributes(session.holder)
            self._snapshot.remember(old)
            new = _call(change, session, old_vsn, old, self._extra)
        else:
            new = self._fill(session, old)
        return Step(session, old_vsn, old, new, session.holder)

    def undo(self) -> None:
        """Put back what was changed in place."""
        self._defaults.undo()
        self._snapshot.restore()

    def _old_version(self, written_by: Version) -> Version | None:
        """What `code_change` gets for a state of this release; None when it is there already."""
        if written_by not in self._old_versions:
            there = written_by <= self.to if self._down else written_by >= self.to
            old_vsn = Down(written_by, self.to) if self._down else written_by
            self._old_versions[written_by] = None if there else old_vsn
        return self._old_versions[written_by]

    def _fill(self, session: Session, state: object) -> object:
        if state is None or self._down:
            return state
        try:
            self._defaults.fill(state)
        except CodeChangeError as error:
            error.got = f"{error.got}, for session {session.id}"
            raise
        except Exception as error:
            raise _failed(session, f"{type(error).__name__}: {error}", "mend the default") from error
        return state


@contextmanager
def _without_collections() -> Iterator[None]:
    """No garbage collection: with many sessions it would go over all their new states several times."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _has_begun(session: Session) -> bool:
    """False before `mount` has made the first state: that one is made by whichever code runs then."""
    return session.state is not None or getattr(session.holder, "mounted", False)


def _call(change: Change, session: Session, old_vsn: Version, old: object, extra: object) -> object:
    try:
        new = change(old_vsn, old, extra)
    except (Exception, SystemExit) as error:
        raise _failed(session, f"{type(error).__name__}: {error}", "mend code_change") from error
    if type(new) is type(old) and new is not None:
        return new
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
