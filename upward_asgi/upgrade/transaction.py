"""One operation from request to result: verify, plan, rehearse, quiesce, commit.

Everything up to the commit may be given up at any moment, because nothing is touched. The commit has no
`await`. What follows it (`upgraded()` of the sessions) can no longer change the result.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from packaging.version import Version

from ..errors import OperationTimeout, UpgradeFailed
from ..sessions import Way
from ..store import Store
from .change_over import ChangeOver
from .commit import Commit
from .drains import remember_drains, take_back_drains
from .leftovers import look_for_leftovers
from .machine import Event
from .nearness import has_many, only_young_collections
from .operation import Operation
from .outcome import event_of, is_the_releases_fault, reason_of
from .policy import broken_to_json, close_broken
from .preparation import Preparation, Progress
from .rehearsals import Rehearsals
from .report import (
    as_upward_error,
    error_to_json,
    next_step,
    sessions_since,
    turned_away_to_json,
)
from .service import Service
from .slices import Slices
from .standers import Stander
from .threads import GivenUp

if TYPE_CHECKING:
    from ..sessions import Session

__all__ = ["Transaction"]

log = logging.getLogger("upward_asgi.upgrade")


class Transaction:
    """Carries out one operation and writes its report."""

    def __init__(self, operation: Operation, service: Service) -> None:
        self._operation = operation
        self._service = service
        self._at = Progress()
        self._change_over = ChangeOver(operation, service, self._at)
        self._restarted: frozenset[Session] = frozenset()
        operation.report["warnings"] = self._at.warnings

    async def run(self) -> None:
        """All phases. Errors become the operation's result; only cancellation and the like are raised."""
        try:
            commit = await self._to_the_result()
            await self._count_sessions()
            if commit is not None:
                await self._close_broken()
                await self._tell_sessions(commit)
                await self._forget(commit)
                await self._look_for_leftovers(commit)
            await self._remember(None)
        except Exception as error:
            self._failed(error)
            await self._count_sessions()
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
        service = self._service
        self._change_over.before = service.sessions.open()
        preparation = Preparation(operation, service, self._at)
        await preparation.wait_for_others()
        releases = await preparation.verify()
        operation.happened(Event.VERIFY)
        steps = await preparation.plan(releases)
        operation.happened(Event.PLAN)
        await preparation.import_fresh(steps)
        proofs = await preparation.start_fresh(steps)
        take_back_drains(service, operation.from_)
        rehearsals = Rehearsals(operation, service, preparation, self._at)
        with only_young_collections(wanted=has_many(service.sessions)):
            steps, look = await rehearsals.passed(steps, proofs)
            operation.happened(Event.REHEARSE)
            if operation.dry_run:
                operation.happened(Event.STOP)
                return None
            await preparation.write_ahead(steps)
            await preparation.scan(steps)
            await preparation.make_pages_writable()
            commit, found = await self._change_over.run(steps, look)
        service.sessions.routes.of_release(steps[-1].hop.new.settings.upgradable)
        remember_drains(service, found, look.places)
        take_back_drains(service, operation.to)
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
            await self._service.threads.run(write, limit, "writing to the store")
            if error is not None:
                operation.report["remembered"] = str(self._at.release or operation.to)
        except GivenUp:
            self._at.warnings.append(f"the store was not written within {limit:g} s (store_seconds)")
        except Exception as also:
            log.exception("the store could not be written")
            self._at.warnings.append(f"the store could not be written: {type(also).__name__}: {also}")

    async def _close_broken(self) -> None:
        """Tell the clients of the sessions that could not follow."""
        broken = self._change_over.broken
        if not broken:
            return
        self._operation.report["closed"] = broken_to_json(broken)
        self._at.warnings.append(f"{len(broken)} session(s) could not follow and were closed")
        limit = self._service.timeouts.upgraded_seconds
        with anyio.move_on_after(limit):  # their servers end them in the end, also those whose clients hang
            async with anyio.create_task_group() as tasks:
                for session in broken:
                    tasks.start_soon(close_broken, session)

    def _done(self, commit: Commit, found: Sequence[Stander]) -> None:
        report = self._operation.report
        report["patches"] = [patch.report.to_json() for patch in commit.patches]
        report["config"] = [one.to_json() for one in commit.config]
        self._report_turned_away()
        report["old_frames"] = [one.to_json() for one in found]
        self._restarted = frozenset(
            one.session for one in found if one.session is not None and one.way is Way.RESTART
        )
        for session in self._restarted:
            session.judge(Way.LIVE)
        log.info("%s runs, %d session(s) kept", self._operation.to, len(self._change_over.before))

    def _report_turned_away(self) -> None:
        """An upgrade closes no session, but a handler may refuse its client: then it is said whose."""
        turned_away = self._change_over.turned_away
        if not turned_away:
            return
        self._operation.report["turned_away"] = turned_away_to_json(turned_away)
        self._at.warnings.append(
            f"{len(turned_away)} session(s) were refused by their new handlers and closed"
        )

    async def _look_for_leftovers(self, commit: Commit) -> None:
        """The proof afterwards; the result stands already."""
        known = self._service.superseded
        known += [one for patch in commit.patches for one in patch.superseded]
        current = commit.steps[-1].hop.new.root
        self._operation.report["leftovers"] = await look_for_leftovers(self._service, current)
        known[:] = [one for one in known if one() is not None]

    async def _tell_sessions(self, commit: Commit) -> None:
        """Let each session push what its user should see now; its errors are reported, and harmless."""
        limit = self._service.timeouts.upgraded_seconds
        errors: list[BaseException] = []
        # The first hop's: it knows every session by the release that its user saw last.
        with anyio.move_on_after(limit) as scope:
            try:
                # Sessions may come and go meanwhile: the result stands.
                errors = await self._service.sessions.tell(commit.staged[0])
            except Exception as error:
                log.exception("upgraded() failed after the commit")
                errors = [error]
        self._operation.untold = len(errors)
        if errors:
            first = f"{type(errors[0]).__name__}: {errors[0]}"
            self._at.warnings.append(f"upgraded() raised in {len(errors)} session(s), which go on: {first}")
        if scope.cancelled_caught:
            self._at.warnings.append(
                f"upgraded() was ended where it took over {limit:g} s (upgraded_seconds)"
            )

    async def _count_sessions(self) -> None:
        change_over = self._change_over
        self._operation.report["sessions"] = await sessions_since(
            change_over.before,
            Slices(self._service.timeouts.slice_seconds),
            changed=change_over.changed,
            restarted=self._restarted,
            turned_away=change_over.turned_away,
        )

    async def _forget(self, commit: Commit) -> None:
        """Let go of what an undo would have needed; to free many old states at once would hold the loop."""
        slices = Slices(self._service.timeouts.slice_seconds)
        for _ in commit.forget():
            if slices.over():
                await slices.turn()

    def _failed(self, raised: Exception) -> None:
        """Make the error the operation's result."""
        operation = self._operation
        error = as_upward_error(raised, self._at.where)
        operation.report["error"] = error_to_json(error, self._service.store.root)
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
