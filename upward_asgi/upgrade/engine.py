"""The engine: takes requests, runs one operation at a time, remembers how they ended.

An operation belongs to the engine's own task group, not to the request that asked for it: it goes on when
its caller is gone, and whoever has its id can ask how it went.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

import anyio
from anyio.abc import TaskGroup
from packaging.version import Version

from ..errors import ConfigurationError, OperationInProgress, UnknownOperation, UpwardError
from .application import require_import_from
from .clock import Clock, MonotonicClock, Timeouts
from .health import HealthCheck
from .hop import between, current_of, goal_down, goal_install, goal_up, hops_here
from .machine import Event, State
from .operation import Kind, Operation
from .policy import SessionPolicy
from .probation import Probation, Tally, Verdict
from .proof import ProofPolicy
from .service import Service
from .transaction import Transaction

if TYPE_CHECKING:
    from ..appup import Appup
    from ..patch import ImportRoot
    from ..sessions import Sessions
    from ..store import Release, Store
    from .application import Application
    from .health import App

__all__ = ["Engine"]

log = logging.getLogger("upward_asgi.upgrade")

_REMEMBERED = 100
"""Operations whose reports are kept in memory."""
_MEBIBYTE = 1 << 20


class Engine:
    """Upgrades, downgrades and installs releases of one application in this process.

    `rehearsal_memory` bounds what the forked copy may allocate, in bytes; `proof` says what a
    difference between the rehearsed process and a fresh start leads to; `policy` what a session leads
    to whose `code_change` fails, unless an operation says otherwise; a release that has more than
    `errors_allowed` errors on probation goes back by itself: crashed sessions, failed requests, and checks of
    the path `health` that are not passed.
    """

    def __init__(
        self,
        *,
        store: Store,
        imports: ImportRoot,
        sessions: Sessions,
        application: Application,
        timeouts: Timeouts | None = None,
        clock: Clock | None = None,
        rehearsal_memory: int | None = 1024 * _MEBIBYTE,
        proof: ProofPolicy = ProofPolicy.REFUSE,
        policy: SessionPolicy = SessionPolicy.ABORT,
        errors_allowed: int = 10,
        health: str | None = None,
    ) -> None:
        self._service = Service(
            store,
            imports,
            sessions,
            application,
            timeouts or Timeouts(),
            clock or MonotonicClock(),
            rehearsal_memory,
            proof,
        )
        self._policy = SessionPolicy(policy)
        self._errors_allowed = errors_allowed
        self._probation: anyio.CancelScope | None = None
        self._health = None if health is None else HealthCheck(health, self._service.timeouts.health_seconds)
        self.failed_requests = 0
        """Requests answered with 500 or above; whoever answers them counts, while `on_probation`."""
        self._failed_checks = 0
        self._tasks: TaskGroup | None = None
        self._running: Operation | None = None
        self._operations: OrderedDict[str, Operation] = OrderedDict()

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Engine]:
        """While this context is open, operations can be asked for; leaving it gives up the running one."""
        await self._service.threads.open()
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            try:
                yield self
            finally:
                self._tasks = None
                tasks.cancel_scope.cancel()

    @property
    def on_probation(self) -> bool:
        """True while errors count against the running release."""
        return self._probation is not None

    def upgrade(
        self,
        to: Version | None = None,
        *,
        dry_run: bool = False,
        policy: SessionPolicy | None = None,
        accept_startup: bool = False,
    ) -> Operation:
        """Start going to the next patch release, or to `to` through those in between.

        With `accept_startup`, changed start-up code waits for the next restart and is no reason against it.
        Returns at once. Raises `OperationInProgress`, `NothingNewer`, `NotAPatchRelease`,
        `ReleaseFailedBefore`, `UnknownRelease`, `ImportedElsewhere` before anything has begun.
        """
        self._require_idle()
        return self._start(Kind.UPGRADE, goal_up(self._service.store, to), dry_run, policy, accept_startup)

    def downgrade(
        self, *, dry_run: bool = False, policy: SessionPolicy | None = None, accept_startup: bool = False
    ) -> Operation:
        """Start going back one release. Raises as `upgrade` does, and `BelowBase`."""
        self._require_idle()
        return self._start(Kind.DOWNGRADE, goal_down(self._service.store), dry_run, policy, accept_startup)

    def install(
        self,
        version: Version,
        *,
        dry_run: bool = False,
        policy: SessionPolicy | None = None,
        accept_startup: bool = False,
    ) -> Operation:
        """Start going to `version`, up or down. Raises as `upgrade` does."""
        self._require_idle()
        goal = goal_install(self._service.store, version)
        return self._start(Kind.INSTALL, goal, dry_run, policy, accept_startup)

    def make_permanent(self) -> Release:
        """Make the running release the one that the next boot starts."""
        self._require_idle()
        store = self._service.store
        version = self._require_own_release()
        store.make_permanent(version)
        self._confirm(version)
        if self._probation is not None:
            self._probation.cancel()
        return store.release(version)

    def operation(self, id: str) -> Operation:  # noqa: A002 - the contract's word
        """The operation with this id. Raises `UnknownOperation`."""
        if id in self._operations:
            return self._operations[id]
        raise UnknownOperation(
            expected="the id of an operation of this process",
            got=id,
            do=f"ask for the list; the last {_REMEMBERED} are remembered until a restart",
        )

    def operations(self) -> tuple[Operation, ...]:
        """The remembered operations, the earliest first."""
        return tuple(self._operations.values())

    async def finished(self, id: str, timeout: float | None) -> Operation:  # noqa: A002, ASYNC109
        """The operation, when it has ended or `timeout` seconds are over. Raises `UnknownOperation`."""
        operation = self.operation(id)
        with anyio.move_on_after(timeout):
            await operation.done()
        return operation

    def plan(self, to: Version | None = None) -> tuple[Appup, ...]:
        """The appups of the hops of an upgrade, or to any other release of the line.

        It may parse both releases, so call it off the event loop.
        """
        store = self._service.store
        start = current_of(store)
        goal = goal_up(store, None) if to is None else goal_install(store, to)
        way = (start, *between(store, start.version, goal))
        proven = self._service.proof is ProofPolicy.REFUSE
        return tuple(hop.appup for hop in hops_here(store, way, accept_startup=False, proven=proven))

    def status(self) -> dict[str, object]:
        """What `GET /_upward/status` answers."""
        store, open_sessions = self._service.store, self._service.sessions.open()
        current, permanent = store.current(), store.permanent()
        by_way: dict[str, int] = {}
        by_release: dict[str, int] = {}
        for session in open_sessions:
            by_way[str(session.way)] = by_way.get(str(session.way), 0) + 1
            by_release[str(session.release)] = by_release.get(str(session.release), 0) + 1
        return {
            "release": None if current is None else str(current.version),
            "permanent": None if permanent is None else str(permanent.version),
            "sessions": {"total": len(open_sessions), "by_way": by_way, "by_release": by_release},
            "operation": None if self._running is None else self._running.to_json(),
        }

    def _require_idle(self) -> None:
        if self._running is not None:
            raise OperationInProgress(self._running.id)

    def _start(
        self,
        kind: Kind,
        goal: Version,
        dry_run: bool,
        policy: SessionPolicy | None = None,
        accept_startup: bool = False,
    ) -> Operation:
        tasks = self._tasks
        if tasks is None:
            raise ConfigurationError(
                expected="the engine to run for as long as the application does",
                got="no lifespan, or one that is over",
                do="run a server that speaks ASGI lifespan (uvicorn: do not pass --lifespan off)",
            )
        require_import_from(self._service.store.root, self._service.application.packages)
        if self._probation is not None:
            self._probation.cancel()
        start = self._require_own_release()
        operation = Operation(
            kind, start, goal, self._service.clock.now, dry_run, policy or self._policy, accept_startup
        )
        self._remember(operation)
        self._running = operation
        tasks.start_soon(self._carry_out, operation, name=f"upward {kind} {operation.id}")
        return operation

    def _require_own_release(self) -> Version:
        """The release that this process runs. Raises when the store has another one for it."""
        runs, current = self._service.sessions.release, current_of(self._service.store).version
        if current == runs:
            return current
        raise ConfigurationError(
            expected=f"the store's current release to be {runs}, which this process runs",
            got=f"{current}: another process works on {self._service.store.root}",
            do="give each process a store of its own, or end the other one and restart this one",
        )

    async def _carry_out(self, operation: Operation) -> None:
        try:
            await Transaction(operation, self._service).run()
            self._account_for(operation)
        except Exception:
            # Our bug, or a store that cannot be read after the commit: the service must go on all the same.
            log.exception("operation %s ended with an error of its own", operation.id)
        finally:
            self._running = None
            operation.announce()
        if operation.machine is State.CURRENT and operation.to > operation.from_:
            await self._watch(operation)

    def _account_for(self, operation: Operation) -> None:
        """What a success means for the operation itself and for the one that it took back."""
        if operation.machine is not State.CURRENT:
            return
        for earlier in self._operations.values():
            taken_back = earlier.to == operation.from_ and operation.to < operation.from_
            if taken_back and earlier.machine is State.CURRENT:
                earlier.happened(Event.TAKE_BACK)
        permanent = self._service.store.permanent()
        if permanent is not None and permanent.version == operation.to:
            operation.happened(Event.CONFIRM)

    async def _watch(self, operation: Operation) -> None:
        """The release's probation; another operation, or a person's decision, ends it."""
        seconds = self._service.timeouts.probation_seconds
        if not seconds:
            return
        probation = Probation(
            seconds, self._errors_allowed, self._count_errors, self._service.clock, operation.untold
        )
        with anyio.CancelScope() as scope:
            self._probation = scope
            try:
                verdict, found = await self._end_of(probation)
            finally:
                self._probation = None
            operation.report["probation"] = verdict.value
            operation.report["probation_errors"] = asdict(found)
            try:
                self._conclude(operation, verdict, found)
            except UpwardError as error:
                log.exception("the probation of %s could not be concluded", operation.to)
                operation.report["next"] = f"The probation {verdict.value}, but: {error}"

    async def _end_of(self, probation: Probation) -> tuple[Verdict, Tally]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_asking)
            ended = await probation.watch()
            tasks.cancel_scope.cancel()
        return ended

    async def _keep_asking(self) -> None:
        """Count the health checks that are not passed."""
        if self._health is None:
            return
        service = self._service
        while True:
            if not await self._health.passes(cast("App", service.application.app)):
                self._failed_checks += 1
            await service.clock.pause(service.timeouts.health_every_seconds)

    def _conclude(self, operation: Operation, verdict: Verdict, found: Tally) -> None:
        if verdict is Verdict.PASSED:
            self.make_permanent()
        else:
            self._take_back(operation, found)

    def _take_back(self, operation: Operation, found: Tally) -> None:
        reason = f"{found} on probation, {self._errors_allowed} allowed"
        log.error("%s: %s; going back to %s", operation.to, reason, operation.from_)
        self._service.store.mark_failed(operation.to, reason)
        back = self._start(Kind.DOWNGRADE, operation.from_, dry_run=False)
        back.report["because"] = f"{operation.to} had {reason}"
        operation.report["next"] = f"{operation.to} had {reason}: operation {back.id} takes it back."

    def _count_errors(self) -> Tally:
        return Tally(self._service.sessions.crashes, self.failed_requests, self._failed_checks)

    def _remember(self, operation: Operation) -> None:
        self._operations[operation.id] = operation
        while len(self._operations) > _REMEMBERED:
            self._operations.popitem(last=False)

    def _confirm(self, version: Version) -> None:
        for operation in self._operations.values():
            if operation.machine is State.CURRENT and operation.to == version:
                operation.happened(Event.CONFIRM)
