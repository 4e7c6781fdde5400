"""What is done off the event loop, nothing live touched: verify, plan, compile, start from scratch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from packaging.version import Version

from ..errors import NotHot, OperationTimeout, UpgradeFailed
from .fresh import fresh_starts, require_fresh_import
from .hop import Hop, Step, between, hops_here
from .operation import Operation
from .pages import make_pages_writable
from .proof import Proof, ProofPolicy
from .refinement import Refining
from .report import as_upward_error
from .service import Service
from .threads import GivenUp

if TYPE_CHECKING:
    from ..store import Release

__all__ = ["Preparation", "Progress"]

T = TypeVar("T")

_GRACE = 10.0
"""Seconds beyond its own limit that somebody gets who ends a child process at that limit."""


@dataclass(slots=True)
class Progress:
    """Where an operation is, for the report of a failure, and what it warns of."""

    where: str = "the operation"
    release: Version | None = None
    """The release whose hop is under way, when it is one release's."""
    warnings: list[str] = field(default_factory=list)
    """What the report says besides the result."""


class Preparation:
    """The phases of one operation up to the rehearsal."""

    def __init__(self, operation: Operation, service: Service, at: Progress) -> None:
        self._operation = operation
        self._service = service
        self._at = at

    async def wait_for_others(self) -> None:
        """Until nothing runs any more that an earlier operation gave up: nobody may fork beside it."""
        self._at.where = "the end of what an earlier operation gave up"
        limit = self._service.timeouts.given_up_seconds
        left = await self._service.threads.all_ended(limit)
        if left:
            raise OperationTimeout(
                expected=f"what an earlier operation gave up to end within {limit:g} s (given_up_seconds)",
                got=f"{'; '.join(left)} goes on in a thread",
                do="see what it hangs on (a dead disk, mostly) and end that, or restart the service",
            )

    async def verify(self) -> tuple[Release, ...]:
        """The releases to go through, the running one first, each as it was unpacked."""
        self._at.where = "the check of the releases on disk"
        operation, store = self._operation, self._service.store

        def verify() -> tuple[Release, ...]:
            way = (store.release(operation.from_), *between(store, operation.from_, operation.to))
            for release in way[1:]:
                store.verify(release.version)
            return way

        return await self._off_loop(verify, "verify_seconds", self._service.timeouts.verify_seconds)

    async def plan(self, releases: Sequence[Release]) -> tuple[Step, ...]:
        """Every hop's appup and compiled code. Raises `NotHot` with the reasons of all hops."""
        self._at.where = "the plan"
        limit = self._service.timeouts.plan_seconds
        accept = self._operation.accept_startup
        proven = self._service.proof is ProofPolicy.REFUSE
        work = partial(hops_here, self._service.store, releases, accept_startup=accept, proven=proven)
        hops = await self._off_loop(work, "plan_seconds", limit)
        report = self._operation.report
        reasons = [reason for hop in hops for reason in hop.verdict.reasons]
        notes = [note for hop in hops for note in hop.verdict.notes]
        report["verdict"] = {
            "hot": not reasons,
            "reasons": [reason.to_json() for reason in reasons],
            "notes": [note.to_json() for note in notes],
        }
        report["hops"] = [hop.to_json() for hop in hops]
        if reasons:
            self._at.release = next(hop.new.version for hop in hops if hop.verdict.reasons)
            raise NotHot(reasons)
        return await self._off_loop(lambda: self._prepare(hops), "plan_seconds", limit)

    async def plan_again(self, refining: Refining) -> tuple[Step, ...] | None:
        """The steps with what the rehearsals taught; None when they cannot be planned so."""
        self._at.where = "the plan"

        def plan() -> tuple[Step, ...] | None:
            hops = refining.planned_again()
            return None if hops is None else self._prepare(hops)

        return await self._off_loop(plan, "plan_seconds", self._service.timeouts.plan_seconds)

    def _prepare(self, hops: Sequence[Hop]) -> tuple[Step, ...]:
        from ..patch import prepare

        return tuple(
            Step(
                hop,
                prepare(
                    hop.instructions,
                    old=hop.old.root,
                    new=hop.new.root,
                    imports=self._service.imports,
                    moot=hop.moot,
                ),
            )
            for hop in hops
        )

    async def import_fresh(self, steps: Sequence[Step]) -> None:
        """Every release gone through imports from scratch in a clean interpreter; each is tried once."""
        self._at.where = "the import in a clean interpreter"
        service, limit = self._service, self._service.timeouts.import_seconds
        for release in (step.hop.new for step in steps):
            if release.sha256 not in service.imported:
                packages = service.application.packages
                self._at.release = release.version
                memory = service.rehearsal_memory
                work = partial(require_fresh_import, release.root, packages, timeout=limit, memory=memory)
                await self._off_loop(work, "import_seconds", limit + _GRACE)
                service.imported.add(release.sha256)
        self._at.release = None

    async def start_fresh(self, steps: Sequence[Step]) -> dict[Version, Proof]:
        """What the rehearsed process must equal after each hop, by the release the hop goes to."""
        service = self._service
        if service.proof is ProofPolicy.OFF:
            return {}
        proofs = {}
        for hop in (step.hop for step in steps):
            self._at.release = hop.new.version
            work = partial(
                fresh_starts,
                hop.old,
                hop.new,
                service.application.packages,
                shown=service.imports.presented(hop.new.root),
                timeout=service.timeouts.import_seconds,
            )
            limit = service.timeouts.import_seconds
            proof = await self._off_loop(work, "import_seconds", limit + _GRACE)
            if proof is not None:
                proofs[hop.new.version] = proof
        self._at.release = None
        return proofs

    async def look_near(self, steps: Sequence[Step]) -> None:
        """Search for living functions near the modules; the rehearsal tells whether that is enough."""
        self._at.where = "the search for living functions"
        await self._off_loop(partial(_look_near, steps), "plan_seconds", self._service.timeouts.plan_seconds)

    async def scan(self, steps: Sequence[Step]) -> None:
        """Search for living functions: the costliest part of a patch; the commit only catches up on it."""
        self._at.where = "the search for living functions"
        await self._off_loop(partial(_scan, steps), "plan_seconds", self._service.timeouts.plan_seconds)

    async def write_ahead(self, steps: Sequence[Step]) -> None:
        """Write beforehand what the store will say: the commit is to wait for no disk."""
        self._at.where = "writing to the store"
        versions = [step.hop.new.version for step in steps]
        work = partial(self._service.store.write_ahead, versions)
        await self._off_loop(work, "store_seconds", self._service.timeouts.store_seconds)

    async def make_pages_writable(self) -> None:
        """Undo what the rehearsal's fork has left: it would make every step of the commit slower."""
        self._at.where = "the memory after the rehearsal"
        await self._off_loop(make_pages_writable, "plan_seconds", self._service.timeouts.plan_seconds)

    async def _off_loop(self, work: Callable[[], T], name: str, limit: float) -> T:
        """Do `work` in a thread. Past the limit the thread is left to itself: it changes nothing live."""
        where = self._at.where

        def contained() -> T:
            try:
                return _undisturbed(work)
            except Exception:
                raise
            except BaseException as error:  # an exit asked for there is no exit of the service
                raise as_upward_error(error, where) from error

        try:
            return await self._service.threads.run(contained, limit, where)
        except GivenUp:
            raise UpgradeFailed(
                expected=f"{where} to end within {limit:g} s ({name})",
                got="no end",
                do="see what hangs (a transform, a slow disk), or allow more time; nothing was changed",
            ) from None


def _look_near(steps: Sequence[Step]) -> None:
    for step in steps:
        step.prepared.look_near()


def _scan(steps: Sequence[Step]) -> None:
    for step in steps:
        if step.prepared.needs_scan:
            step.prepared.scan()


def _undisturbed(work: Callable[[], T]) -> T:
    """Do `work`, once more when another thread got in its way: it only reads.

    CPython 3.11 counts the depth of its syntax trees for all threads together, and raises when another one
    parses meanwhile: to format a traceback, say.
    """
    try:
        return work()
    except SystemError as error:
        if "recursion depth mismatch" not in str(error):
            raise
        return work()
