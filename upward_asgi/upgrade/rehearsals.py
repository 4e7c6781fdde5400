"""The rehearsal of one operation: repeated with what it taught, and judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from packaging.version import Version

from ..errors import NotHot
from .hop import Step
from .look import Look
from .nearness import has_many, trust_the_near_look
from .operation import Operation
from .policy import SessionPolicy
from .preparation import Preparation, Progress
from .proof import Proof, ProofPolicy
from .refinement import Refining
from .rehearsal import rehearse
from .rehearsal_result import Rehearsal
from .service import Service
from .standers import Patience, Places

__all__ = ["Rehearsals"]


class Rehearsals:
    """What an operation rehearses before anything is touched."""

    def __init__(
        self, operation: Operation, service: Service, preparation: Preparation, progress: Progress
    ) -> None:
        self._operation = operation
        self._service = service
        self._preparation = preparation
        self._at = progress

    async def passed(
        self, steps: tuple[Step, ...], proofs: Mapping[Version, Proof]
    ) -> tuple[tuple[Step, ...], Look]:
        """Rehearse; plan again with what that taught, and repeat.

        Returns the steps that passed, with a look at who stands in their way. Raises `NotHot`,
        `RehearsalFailed`.
        """
        refining = Refining(step.hop for step in steps)
        look = await self._look_around(steps)
        rehearsal = await self._once(steps, proofs, look)
        while refining.learn(rehearsal.lessons):
            again = await self._preparation.plan_again(refining)
            if again is None:
                break
            steps = again
            look = await self._look_around(steps)
            rehearsal = await self._once(steps, proofs, look)
            rehearsal.rebuilt = refining.rebuilt
        if self._service.proof is ProofPolicy.REFUSE:
            rehearsal.lessons = refining.as_first_seen(rehearsal.lessons)
        self._judge(rehearsal)
        _require_settled(steps, rehearsal)
        look.changing = rehearsal.changing
        return steps, look

    async def _look_around(self, steps: Sequence[Step]) -> Look:
        service = self._service
        look = Look(service.sessions, Places(steps), service.timeouts.slice_seconds)
        await look.around()
        return look

    async def _once(self, steps: Sequence[Step], proofs: Mapping[Version, Proof], look: Look) -> Rehearsal:
        service = self._service
        if has_many(service.sessions):
            await self._preparation.look_near(steps)
        self._at.where = "the rehearsal"
        rehearse_it = partial(
            rehearse,
            steps,
            sessions=service.sessions,
            application=service.application,
            timeout=service.timeouts.rehearsal_seconds,
            memory=service.rehearsal_memory,
            compare=has_many(service.sessions),
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
        self._at.warnings.extend(
            f"{name} is made anew ({place}): what the running one had gathered is gone;"
            f' mark "{name}" as keep in [tool.upward] to let it live on'
            for name, place in rehearsal.reset.items()
        )
        if rehearsal.differences:
            named = "; ".join(str(difference) for difference in rehearsal.differences[:3])
            self._at.warnings.append(f"the result differs from a fresh start: {named}")


def _require_settled(steps: Sequence[Step], rehearsal: Rehearsal) -> None:
    """What was left to the proof counts where there was none: no copy could be made, or not be compared."""
    hops = (step.hop for step in steps)
    reasons = [r for hop in hops if hop.new.version not in rehearsal.lessons for r in hop.unsettled]
    if reasons:
        raise NotHot(reasons)
