"""Looking at the stacks of many tasks, in slices, and once more only at those that have moved since.

A suspended task waits for a future. As long as it is the same future it has not run, so it stands where it
stood: what was seen of it before the sessions were held is still true in the one step that must not last.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence, Set
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..sessions.staging import warm
from .messages import Kind, in_the_middle
from .running import running_among, task_references
from .slices import Slices, chunks
from .standers import (
    Places,
    Stander,
    in_threads,
    patience_of,
    place_of,
    stander_of_task,
    waits_in_own_loop,
)

if TYPE_CHECKING:
    from ..patch import FunctionPlace
    from ..sessions import Session, Sessions

__all__ = ["Look"]

_CHUNK = 128
"""Sessions between two looks at the clock, where hardly anything is asked of each."""


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
        self._own_loops: set[Session] = set()
        self._tasks: tuple[Stander, ...] = ()
        self._others: dict[Session, None] = {}
        """Those whose holder does not tell that they stay where they are between two messages."""
        self._loose: dict[Session, None] = {}
        """Those that may move though they are held."""
        self.resting: dict[Session, None] = {}
        """The sessions that `hold` found between two messages, where they stay."""
        self._stays: dict[type, bool] = {}
        """The types of holders, and whether one of them that is between two messages stays there."""

    async def around(self) -> None:
        """Look at everybody, in slices; the sessions go on meanwhile."""
        slices = Slices(self._seconds)
        self.resting, self._others, self._loose = {}, {}, {}
        for chunk in chunks(self._sessions.open()):
            self._sort(chunk)
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
        slices = Slices(self._seconds)
        self._sort(self._sessions.begun_since(self._is_known))
        await self._find_moving(slices)
        for chunk in chunks(tuple(self._others)):
            self._find_resting(chunk)
            if slices.over():
                await slices.turn()
        for session in [s for s in self._standing if s in self.resting and s not in self._loose]:
            self._at(session)  # it may have left since; `now` looks at the loose ones
        await slices.turn()  # what comes next is one long step

    def others(self) -> list[Session]:
        """The sessions that do not rest, those included that have begun since all are held."""
        loose = [session for session in self._loose if session not in self.resting and not session.gone]
        return loose + self._sessions.begun_since(self._is_known)

    def _sort(self, sessions: Sequence[Session]) -> None:
        """Tell those who will most likely rest, as soon as they are held, from the others."""
        self._sessions.find_holders(sessions)
        for session in sessions:
            holder = session.holder
            stays = self._stays.get(type(holder))
            if stays is None:
                stays = self._stays[type(holder)] = getattr(holder, "rests_between_messages", False)
            if stays:
                self.resting[session] = None
            else:
                self._others[session] = None

    def _is_known(self, session: Session) -> bool:
        return session in self.resting or session in self._others or session in self._loose

    async def _find_moving(self, slices: Slices) -> None:
        """Of those who would rest, find who does not. All wait meanwhile, and what a session refers to lies
        far away in memory, so each is asked for nothing but this.
        """
        likely = iter(self.resting)
        moving: list[Session] = []
        for _ in range(0, len(self.resting), _CHUNK):
            moving += [session for session in islice(likely, _CHUNK) if session.busy]
            if slices.over():
                await slices.turn()
        for session in moving:
            del self.resting[session]
            self._others[session] = None

    def _find_resting(self, chunk: Sequence[Session]) -> None:
        """Of those of whom nothing is known beforehand, find who rests now; also while all wait."""
        self._sessions.find_holders(chunk)
        for session in chunk:
            if session.resting:
                self.resting[session] = None
            self._loose[session] = None

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
                patience, own_loop = patience_of(session), session in self._own_loops
                yield Stander("session", session.id, place, patience, session, own_loop=own_loop)

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
        if place is not None and waits_in_own_loop(session, self.places):
            self._own_loops.add(session)
        else:
            self._own_loops.discard(session)

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
