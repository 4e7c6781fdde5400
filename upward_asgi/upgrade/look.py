"""Looking at the stacks of many tasks, in slices, and once more only at those that have moved since.

A suspended task waits for a future. As long as it is the same future it has not run, so it stands where it
stood: what was seen of it before the sessions were held is still true in the one step that must not last.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence, Set
from typing import TYPE_CHECKING, Any

from ..sessions.staging import warm
from .messages import Kind, in_the_middle
from .running import running_among, task_references
from .slices import Slices, chunks
from .standers import Places, Stander, in_threads, patience_of, place_of, stander_of_task

if TYPE_CHECKING:
    from ..patch import FunctionPlace
    from ..sessions import Session, Sessions

__all__ = ["Look"]


class Look:
    """Who stands in changed code, kept up to date at the cost of those who move."""

    def __init__(self, sessions: Sessions, places: Places, seconds: float) -> None:
        self.places = places
        self.changing: Set[Kind] | None = None
        """The kinds of state that the upgrade changes, by the rehearsal; None when that is not known."""
        self.held_seconds = 0.0
        """How long the sessions were held, the last time that they were."""
        self.held_cpu_seconds = 0.0
        """What of it this thread computed; the rest went to other threads and processes."""
        self._held_since = 0.0
        self._held_cpu = 0.0
        self._sessions = sessions
        self._seconds = seconds
        self._waited_for: dict[Session, object] = {}
        """What each session's task waited for when it was looked at."""
        self._standing: dict[Session, FunctionPlace] = {}
        self._tasks: tuple[Stander, ...] = ()
        self._loose: list[Session] = []
        self.resting: dict[Session, None] = {}
        """The sessions that `hold` found between two messages, where they stay; in order."""
        self._stays: dict[type, bool] = {}
        """The types of holders, and whether one of them that is between two messages stays there."""

    async def around(self) -> None:
        """Look at everybody, in slices; the sessions go on meanwhile."""
        slices = Slices(self._seconds)
        for chunk in chunks(self._sessions.open()):
            self._sessions.find_holders(chunk)
            warm(chunk)
            if self.places:
                for session in chunk:
                    self._at(session)
            if slices.over():
                await slices.turn()
        if self.places:
            self._tasks = tuple([one async for one in self._in_tasks(slices)])

    async def hold(self) -> None:
        """Hold all sessions, and find those that rest, which then cannot move; in slices."""
        self._held_since, self._held_cpu = time.perf_counter(), time.thread_time()
        self._sessions.hold()
        self._sessions.entrance.close()
        self.resting, self._loose = {}, []
        slices = Slices(self._seconds)
        for chunk in chunks(self._sessions.open()):
            self._sessions.find_holders(chunk)
            self._find_resting(chunk)
            if slices.over():
                await slices.turn()
        await slices.turn()  # what comes next is one long step

    def _find_resting(self, chunk: Sequence[Session]) -> None:
        """Find who of them rests; done for every session while all wait, so it makes no calls of its own."""
        stays_of, resting, standing = self._stays, self.resting, self._standing
        for session in chunk:
            holder, channel = session.holder, session.channel
            stays = stays_of.get(type(holder))
            if stays is None:
                stays = stays_of[type(holder)] = getattr(holder, "rests_between_messages", False)
            if session.busy or channel.sending:  # the same as `session.resting` says
                self._loose.append(session)
            elif stays:
                resting[session] = None
                if session in standing:
                    self._at(session)  # it may have left since
            else:
                if channel.parked > 0:
                    resting[session] = None
                self._loose.append(session)

    def let_go(self) -> None:
        """Take back `hold`; to do so twice does no harm."""
        self._sessions.let_go()
        if self._held_since:
            self.held_seconds = time.perf_counter() - self._held_since
            self.held_cpu_seconds = time.thread_time() - self._held_cpu
            self._held_since = 0.0

    def now(self) -> tuple[Stander, ...]:
        """Everybody who stands in changed code now; after `hold` there is little to look at again."""
        middle = [
            found
            for session in self._loose
            if (found := in_the_middle(session, self.changing, self.places.store)) is not None
        ]
        if not self.places:
            return tuple(middle)
        for session in self._loose:
            self._at(session)
        others = [one for one in self._tasks if one.session not in self._standing]
        return (*self.in_sessions(), *others, *in_threads(self.places), *middle)

    def in_sessions(self) -> Iterator[Stander]:
        """The sessions that stood in changed code when they were last looked at."""
        for session, place in self._standing.items():
            if not session.gone:
                yield Stander("session", session.id, place, patience_of(session), session)

    def _at(self, session: Session) -> None:
        task: Any = session.task
        waits_for = getattr(task, "_fut_waiter", None)
        if waits_for is not None and self._waited_for.get(session) is waits_for:
            return
        self._waited_for[session] = waits_for
        place = place_of(session, self.places)
        if place is not None:
            self._standing[session] = place
        else:
            self._standing.pop(session, None)

    async def _in_tasks(self, slices: Slices) -> AsyncIterator[Stander]:
        own: set[object] = {asyncio.current_task()}
        for chunk in chunks(self._sessions.open()):
            own.update([session.task for session in chunk])
            if slices.over():
                await slices.turn()
        for references in chunks(task_references()):
            for task in running_among(references):
                found = stander_of_task(task, self.places) if task not in own else None
                if found is not None:
                    yield found
            if slices.over():
                await slices.turn()
