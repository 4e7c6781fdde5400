"""One operation from request to result: verify, plan, rehearse, quiesce, commit.

Everything up to the commit may be given up at any moment, because nothing is touched. The commit has no
`await`. What follows it (`upgraded()` of the sessions) can no longer change the result.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from packaging.version import Version

from ..errors import OperationTimeout, UpgradeFailed, UpwardError
from ..sessions import Way
from ..sessions.frames import tasks_by_session
from ..sessions.staging import without_collections
from .commit import Commit
from .handlers import Handlers
from .hop import Step
from .look import Look
from .machine import Event
from .nearness import MANY, let_the_young_grow_old, only_young_collections, trust_the_near_look
from .operation import Operation
from .outcome import event_of, is_the_releases_fault, reason_of
from .policy import SessionPolicy, broken_to_json, close_broken, end_broken
from .preparation import Preparation, Progress
from .proof import Proof, ProofPolicy
from .quiesce import quiesce
from .refinement import Refining
from .rehearsal import Rehearsal, rehearse
from .report import as_upward_error, error_to_json, next_step, sessions_before, sessions_since
from .service import Service
from .slices import Slices
from .standers import Patience, Places, Stander, place_of
from .turn import Turn

if TYPE_CHECKING:
    from ..sessions import Broken, Session
    from ..store import Store

__all__ = ["Transaction"]

log = logging.getLogger("upward_asgi.upgrade")


class Transaction:
    """Carries out one operation and writes its report."""

    def __init__(self, operation: Operation, service: Service) -> None:
        self._operation = operation
        self._service = service
        self._at = Progress()
        self._before: frozenset[Session] = frozenset()
        self._changed = 0
        self._broken: Broken = {}
        self._warnings: list[str] = []
        operation.report["warnings"] = self._warnings

    async def run(self) -> None:
        """All phases. Errors become the operation's result; only cancellation and the like are raised."""
        try:
            commit = await self._to_the_result()
            if commit is not None:
                await self._close_broken()
                await self._tell_sessions(commit)
                commit.forget()
            await self._remember(None)
        except Exception as error:
            self._failed(error)
            await self._remember(error)
        except BaseException as error:
            self._cut_off(error)
            raise
        finally:
            self._operation.report["next"] = next_step(self._operation)

    async def _to_the_result(self) -> Commit | None:
        """All phases, within the limit behind all the others."""
        limit = self._service.timeouts.operation_seconds
        with anyio.move_on_after(limit):
            return await self._phases()
        raise OperationTimeout(
            expected=f"the operation to end within {limit:g} s (operation_seconds)",
            got=f"no end of {self._at.where}",
            do="see what holds it (a slow disk, many sessions), or allow more time; nothing was changed",
        )

    async def _phases(self) -> Commit | None:
        """The commit, carried out; None of a dry run."""
        operation = self._operation
        self._before = sessions_before(self._service.sessions)
        preparation = Preparation(operation, self._service, self._at)
        releases = await preparation.verify()
        operation.happened(Event.VERIFY)
        steps = await preparation.plan(releases)
        operation.happened(Event.PLAN)
        await preparation.import_fresh(steps)
        proofs = await preparation.start_fresh(steps)
        self._take_back_drains(operation.from_)
        with only_young_collections(wanted=self._has_many_sessions):
            steps, look = await self._rehearse(preparation, steps, proofs)
            operation.happened(Event.REHEARSE)
            if operation.dry_run:
                operation.happened(Event.STOP)
                self._count_sessions()
                return None
            await preparation.scan(steps)
            return await self._change_over(steps, look)

    @property
    def _has_many_sessions(self) -> bool:
        return len(self._service.sessions) >= MANY

    async def _change_over(self, steps: Sequence[Step], look: Look) -> Commit:
        """From the last look at the stacks to the result."""
        operation = self._operation
        handlers = Handlers(self._service.sessions, self._service.timeouts.restart_seconds)
        try:
            found = await self._end_handlers(handlers, look)
            operation.happened(Event.QUIESCE)
            commit = await self._commit(steps, found, look, handlers)  # no await since the last look
        except BaseException:
            await self._hand_back(handlers)
            raise
        finally:
            self._let_go(look)
        self._service.sessions.routes.of_release(steps[-1].hop.new.settings.upgradable)
        self._remember_drains(found, look.places)
        self._take_back_drains(operation.to)
        self._done(commit, found)
        return commit

    async def _remember(self, error: Exception | None) -> None:
        """Write down in the store which release failed and why, or that it works now.

        The result stands already, so whatever goes wrong here is a warning.
        """
        operation, store = self._operation, self._service.store
        if operation.dry_run or operation.to < operation.from_:
            return
        if error is None:
            write = partial(_clear_failed, store, operation.to)
        elif is_the_releases_fault(operation.machine, error):
            write = partial(store.mark_failed, self._at.release or operation.to, reason_of(error))
        else:
            return
        limit = self._service.timeouts.store_seconds
        try:
            with anyio.fail_after(limit):
                await anyio.to_thread.run_sync(write, abandon_on_cancel=True)
            if error is not None:
                operation.report["remembered"] = str(self._at.release or operation.to)
        except TimeoutError:
            self._warnings.append(f"the store was not written within {limit:g} s (store_seconds)")
        except Exception as also:
            log.exception("the store could not be written")
            self._warnings.append(f"the store could not be written: {type(also).__name__}: {also}")

    async def _rehearse(
        self, preparation: Preparation, steps: tuple[Step, ...], proofs: Mapping[Version, Proof]
    ) -> tuple[tuple[Step, ...], Look]:
        """Rehearse; plan again with what that taught, and repeat. Returns the steps that passed."""
        refining = Refining(step.hop for step in steps)
        look = await self._look_around(steps)
        rehearsal = await self._rehearse_once(preparation, steps, proofs, look)
        while refining.learn(rehearsal.lessons):
            again = await preparation.plan_again(refining)
            if again is None:
                break
            steps = again
            look = await self._look_around(steps)
            rehearsal = await self._rehearse_once(preparation, steps, proofs, look)
            rehearsal.rebuilt = refining.rebuilt
        self._judge(rehearsal)
        look.changing = rehearsal.changing
        return steps, look

    async def _look_around(self, steps: Sequence[Step]) -> Look:
        service = self._service
        look = Look(service.sessions, Places(steps), service.timeouts.slice_seconds)
        await look.around()
        return look

    async def _rehearse_once(
        self, preparation: Preparation, steps: Sequence[Step], proofs: Mapping[Version, Proof], look: Look
    ) -> Rehearsal:
        service = self._service
        if self._has_many_sessions:
            await preparation.look_near(steps)
        self._at.where = "the rehearsal"
        rehearse_it = partial(
            rehearse,
            steps,
            sessions=service.sessions,
            application=service.application,
            timeout=service.timeouts.rehearsal_seconds,
            memory=service.rehearsal_memory,
            compare=self._has_many_sessions,
            found=[one for one in look.in_sessions() if one.patience is Patience.NONE],
        )
        rehearsal = await rehearse_it(proofs=proofs)
        if rehearsal.missed_files:
            # Paths are others then, so there is no comparing with a fresh start.
            rehearsal = await rehearse_it(imports=service.imports)
        trust_the_near_look(steps, rehearsal)
        return rehearsal

    def _judge(self, rehearsal: Rehearsal) -> None:
        """Raises `NotHot` or `RehearsalFailed` when the rehearsal forbids the upgrade."""
        self._operation.report["rehearsal"] = rehearsal.to_json()
        self._at.release = rehearsal.release
        rehearsal.require_success(
            equal=self._service.proof is ProofPolicy.REFUSE,
            closing=self._operation.policy is SessionPolicy.CLOSE,
        )
        if rehearsal.differences:
            named = "; ".join(str(difference) for difference in rehearsal.differences[:3])
            self._warnings.append(f"the result differs from a fresh start: {named}")

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
        self._before = sessions_before(service.sessions)
        commit = Commit(
            steps,
            sessions=service.sessions,
            application=service.application,
            store=service.store,
            happened=operation.happened,
            found=found,
            resting=look.resting,
            is_over=slices.over,
            broken=self._broken if operation.policy is SessionPolicy.CLOSE else None,
            turn=turn,
        )
        try:
            await self._carry_out(commit, slices, turn)
            if handlers.ended:
                commit.settle()
                await self._start_handlers(handlers)
            operation.happened(Event.COMMIT)
            end_broken(self._broken)
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
                if self._has_many_sessions:
                    let_the_young_grow_old()
        finally:
            work.close()
            slices.end()
            self._at.release = commit.release
            self._operation.report["longest_block_ms"] = _milliseconds(slices.longest)
        self._changed = max(staged.changed for staged in commit.staged)

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

    def _let_go(self, look: Look) -> None:
        """Messages flow again; the pause is over."""
        look.let_go()
        if look.held_seconds:
            self._operation.report["pause_ms"] = _milliseconds(look.held_seconds)
            self._operation.report["pause_cpu_ms"] = _milliseconds(look.held_cpu_seconds)

    async def _close_broken(self) -> None:
        """Tell the clients of the sessions that could not follow."""
        if not self._broken:
            return
        self._operation.report["closed"] = broken_to_json(self._broken)
        self._warnings.append(f"{len(self._broken)} session(s) could not follow and were closed")
        limit = self._service.timeouts.upgraded_seconds
        with anyio.move_on_after(limit):  # their servers end them in the end, also those whose clients hang
            async with anyio.create_task_group() as tasks:
                for session in self._broken:
                    tasks.start_soon(close_broken, session)

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

    async def _start_handlers(self, handlers: Handlers) -> None:
        """Start the new handlers of the sessions whose own function changed; all of them, or none.

        The sessions are held meanwhile, so only background tasks and requests may have seen the new code when
        it is taken back.
        """
        self._at.where = "the restart of changed handlers"
        self._service.sessions.entrance.open()  # requests need not wait for handlers; sessions do
        await handlers.start()

    async def _hand_back(self, handlers: Handlers) -> None:
        """The old handlers take over again; also at a shutdown."""
        if not await handlers.hand_back():
            self._warnings.append(f"not every one of {len(handlers.ended)} old handlers was back in time")

    def _remember_drains(self, found: Sequence[Stander], places: Places) -> None:
        for one in found:
            if one.session is not None and one.way is Way.DRAIN:
                self._service.drained[one.session] = places

    def _take_back_drains(self, current: Version) -> None:
        """A session that has left its old frame since, or whose old frame is current again, is live."""
        drained = tuple(self._service.drained.items())
        tasks = tasks_by_session() if drained else {}
        for session, places in drained:
            gone = place_of(session, places, tasks.get(session, ())) is None
            if gone or session.release == current:
                session.judge(Way.LIVE)
                del self._service.drained[session]

    def _done(self, commit: Commit, found: Sequence[Stander]) -> None:
        report = self._operation.report
        report["patches"] = [patch.report.to_json() for patch in commit.patches]
        report["config"] = [one.to_json() for one in commit.config]
        report["old_frames"] = [one.to_json() for one in found]
        self._count_sessions()
        for one in found:
            if one.session is not None and one.way is Way.RESTART:
                one.session.judge(Way.LIVE)
        log.info("%s runs, %d session(s) kept", self._operation.to, len(self._before))

    async def _tell_sessions(self, commit: Commit) -> None:
        """Let each session push what its user should see now; its errors are reported, and harmless."""
        limit = self._service.timeouts.upgraded_seconds
        errors: list[Exception] = []
        # The first hop's: it knows every session by the release that its user saw last.
        with anyio.move_on_after(limit) as scope:
            try:
                errors = await commit.staged[
                    0
                ].upgraded()  # sessions may come and go: the result stands already
            except Exception as error:
                log.exception("upgraded() failed after the commit")
                errors = [error]
        if errors:
            first = f"{type(errors[0]).__name__}: {errors[0]}"
            self._warnings.append(f"upgraded() raised in {len(errors)} session(s), which go on: {first}")
        if scope.cancelled_caught:
            self._warnings.append(f"upgraded() was ended where it took over {limit:g} s (upgraded_seconds)")

    def _count_sessions(self) -> None:
        report = self._operation.report
        report["sessions"] = sessions_since(self._service.sessions, self._before, self._changed)

    def _failed(self, raised: Exception) -> None:
        """Make the error the operation's result."""
        operation = self._operation
        error = as_upward_error(raised, self._at.where)
        operation.report["error"] = error_to_json(error, self._service.store.root)
        self._count_sessions()
        if operation.decided:
            log.error("after the commit of %s: %s", operation.to, error)
            return
        operation.happened(event_of(operation.machine, raised))
        log.warning("%s to %s %s: %s", operation.kind, operation.to, operation.machine, error)

    def _cut_off(self, raised: BaseException) -> None:
        operation = self._operation
        if operation.decided:
            return
        error = UpgradeFailed(
            expected="the service to run until the operation ends",
            got=f"{type(raised).__name__} while the operation was at {self._at.where}",
            do="start the service and ask again; nothing was changed",
        )
        operation.report["error"] = error_to_json(error, self._service.store.root)
        operation.happened(Event.BREAK)


def _clear_failed(store: Store, version: Version) -> None:
    if store.release(version).failed is not None:
        store.clear_failed(version)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
