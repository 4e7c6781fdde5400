"""The change-over: from the last look at the stacks to the result.

Handlers that are to be restarted are ended, the commit is carried out in one turn of the event loop or in
slices, new handlers are started. Whatever is raised before the result stands undoes all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import UpwardError
from ..sessions import Way
from ..sessions.staging import without_collections
from .commit import Commit
from .handlers import Handlers
from .hop import Step
from .look import Look
from .machine import Event
from .nearness import has_many, let_the_young_grow_old
from .operation import Operation
from .policy import SessionPolicy, end_broken
from .preparation import Progress
from .quiesce import quiesce
from .report import as_upward_error, milliseconds
from .service import Service
from .slices import Slices
from .standers import Stander
from .turn import Turn

if TYPE_CHECKING:
    from ..sessions import Broken, Session

__all__ = ["ChangeOver"]


class ChangeOver:
    """Carries out what an operation has planned and rehearsed."""

    def __init__(self, operation: Operation, service: Service, progress: Progress) -> None:
        self.before: Sequence[Session] = ()
        """The sessions that were open when it began."""
        self.changed = 0
        """How many of them were given another state."""
        self.broken: Broken = {}
        """Those that could not follow, under a policy that closes them."""
        self.turned_away: frozenset[Session] = frozenset()
        """Those whose new handler refused them."""
        self._operation = operation
        self._service = service
        self._at = progress

    async def run(self, steps: Sequence[Step], look: Look) -> tuple[Commit, tuple[Stander, ...]]:
        """The commit, and who stood in changed code at that moment. Raises `UpwardError`, all undone."""
        handlers = Handlers(self._service.sessions, self._service.timeouts.restart_seconds)
        try:
            found = await self._end_handlers(handlers, look)
            self._operation.happened(Event.QUIESCE)
            return await self._commit(steps, found, look, handlers), found  # no await since the last look
        except BaseException:
            await self._hand_back(handlers)
            raise
        finally:
            self._let_go(look)

    async def _end_handlers(self, handlers: Handlers, look: Look) -> tuple[Stander, ...]:
        """Quiesce, with every handler ended that is to be restarted: none of them sees the code change.

        The first time the others go on meanwhile: to end a handler may take seconds. Whoever has come into
        changed code by then is ended while all are held.
        """
        while True:
            found = handlers.account_for(await self._quiesce(look))
            restarting = [one for one in found if one.way is Way.RESTART]
            if all(one.session in handlers.ended for one in restarting):
                return found
            self._at.where = "the end of changed handlers"
            if not handlers.ended:
                look.let_go()
            await handlers.end(restarting)

    async def _quiesce(self, look: Look) -> tuple[Stander, ...]:
        self._at.where = "quiescence"
        service = self._service
        return await quiesce(service.sessions, look, timeouts=service.timeouts, clock=service.clock)

    async def _commit(
        self, steps: Sequence[Step], found: Sequence[Stander], look: Look, handlers: Handlers
    ) -> Commit:
        """Carry the commit out, and start the new handlers; whatever is raised, all of it is undone."""
        service, operation = self._service, self._operation
        slices = Slices(service.timeouts.slice_seconds)
        turn = Turn(service.timeouts.commit_seconds)
        self.before = service.sessions.open()
        commit = Commit(
            steps,
            sessions=service.sessions,
            application=service.application,
            store=service.store,
            happened=operation.happened,
            found=found,
            resting=look.resting,
            others=look.others,
            is_over=slices.over,
            broken=self.broken if operation.policy is SessionPolicy.CLOSE else None,
            turn=turn,
        )
        try:
            await self._carry_out(commit, slices, turn)
            if handlers.ended:
                commit.settle()
                await self._start_handlers(handlers)
            operation.happened(Event.COMMIT)
            end_broken(self.broken)
        except BaseException as failure:
            if not operation.decided:
                await handlers.end_again()
                commit.undo(failure)
            raise
        return commit

    async def _carry_out(self, commit: Commit, slices: Slices, turn: Turn) -> None:
        work = commit.slices()
        slices.begin()
        try:
            with without_collections():
                while self._advance(work, commit, turn):
                    commit.settle()
                    await slices.turn()  # everybody is held; a shutdown meanwhile closes `work`, which undoes
                if has_many(self._service.sessions):
                    let_the_young_grow_old()
        finally:
            work.close()
            slices.end()
            self._at.release = commit.release
            self._operation.report["longest_block_ms"] = milliseconds(slices.longest)
        self.changed = max(staged.changed for staged in commit.staged)

    def _advance(self, work: Iterator[None], commit: Commit, turn: Turn) -> bool:
        """The next slice; False after the last. An error of the release becomes one of ours."""
        try:
            with turn:
                next(work)
        except StopIteration:
            return False
        except (KeyboardInterrupt, UpwardError):  # the former is the operator's: undone, and passed on
            raise
        except BaseException as error:
            raise as_upward_error(error, commit.where) from error
        return True

    async def _start_handlers(self, handlers: Handlers) -> None:
        """Start the new handlers of the sessions whose own function changed; all of them, or none.

        The sessions are held meanwhile, so only background tasks and requests may have seen the new code when
        it is taken back.
        """
        self._at.where = "the restart of changed handlers"
        self._service.sessions.entrance.open()  # requests need not wait for handlers; sessions do
        await handlers.start()
        self.turned_away = handlers.turned_away

    async def _hand_back(self, handlers: Handlers) -> None:
        """The old handlers take over again; also at a shutdown."""
        if not await handlers.hand_back():
            self._at.warnings.append(f"not every one of {len(handlers.ended)} old handlers was back in time")

    def _let_go(self, look: Look) -> None:
        """Messages flow again; the pause is over."""
        look.let_go()
        if look.held_seconds:
            self._operation.report["pause_ms"] = milliseconds(look.held_seconds)
            self._operation.report["pause_cpu_ms"] = milliseconds(look.held_cpu_seconds)
