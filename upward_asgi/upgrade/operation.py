"""One upgrade, downgrade or install: its id, its log of phases, its report."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import anyio
from packaging.version import Version

from .machine import Event, State, following
from .policy import SessionPolicy

__all__ = ["Kind", "Operation", "OperationState", "Phase"]


class Kind(StrEnum):
    """What was asked for."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    INSTALL = "install"


class OperationState(StrEnum):
    """Where an operation stands, for whoever asked for it."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    """Done; or, of a dry run, all but the commit done."""
    REFUSED = "refused"
    """Nothing was touched; the reasons are in the report."""
    ROLLED_BACK = "rolled_back"
    """Tried and undone; every session is as it was."""
    FAILED = "failed"
    """Not done, for a reason outside the release."""


_ENDED = {
    State.CURRENT: OperationState.SUCCEEDED,
    State.PERMANENT: OperationState.SUCCEEDED,
    State.DOWNGRADED: OperationState.SUCCEEDED,
    State.TRIED: OperationState.SUCCEEDED,
    State.REFUSED: OperationState.REFUSED,
    State.ROLLED_BACK: OperationState.ROLLED_BACK,
    State.FAILED: OperationState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Phase:
    """A state that was reached: `at` is when its work began, `seconds` how long it took."""

    phase: State
    at: float
    """Seconds since the operation was requested, on the monotonic clock."""
    seconds: float

    def to_json(self) -> dict[str, object]:
        """The phase as the admin API shows it."""
        return {"phase": self.phase.value, "at": round(self.at, 6), "seconds": round(self.seconds, 6)}


@dataclass(slots=True, eq=False)
class Operation:
    """One operation, from request to result. Only the engine moves it."""

    kind: Kind
    from_: Version
    to: Version
    now: Callable[[], float]
    """The engine's monotonic clock, in seconds."""
    dry_run: bool = False
    policy: SessionPolicy = SessionPolicy.ABORT
    accept_startup: bool = False
    """Changed start-up code is no reason against it: the operator lets it wait for the next restart."""
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    machine: State = State.REQUESTED
    """The state in the machine's table; `state` is the coarser one that callers see."""
    phases: list[Phase] = field(default_factory=list)
    report: dict[str, object] = field(default_factory=dict)
    untold: int = 0
    """How many sessions' `upgraded` raised: errors of the release, before its probation has begun."""
    _requested: float = field(init=False)
    _reached: float = field(init=False)
    _done: anyio.Event = field(default_factory=anyio.Event, init=False)

    def __post_init__(self) -> None:
        self._requested = self._reached = self.now()
        self.report["requested_at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.report["dry_run"] = self.dry_run
        self.report["policy"] = self.policy.value
        self.report["accept_startup"] = self.accept_startup

    @property
    def state(self) -> OperationState:
        """Where the operation stands. It runs until its report is complete."""
        return _ENDED[self.machine] if self.ended else OperationState.RUNNING

    @property
    def decided(self) -> bool:
        """True once the result is certain; the report may still grow."""
        return self.machine in _ENDED

    @property
    def ended(self) -> bool:
        """True once there is a result, and its report is complete."""
        return self._done.is_set()

    def happened(self, event: Event) -> None:
        """Move on by `event`, and log the phase it ended. Raises `InternalError` when it cannot happen."""
        self.machine = following(self.machine, event)
        now = self.now()
        self.phases.append(Phase(self.machine, self._reached - self._requested, now - self._reached))
        self._reached = now

    def announce(self) -> None:
        """Wake everybody who waits for the result, which is complete now."""
        self._done.set()

    async def done(self) -> None:
        """Return when the operation has ended."""
        await self._done.wait()

    def to_json(self) -> dict[str, object]:
        """The operation as the admin API answers it."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "from": str(self.from_),
            "to": str(self.to),
            "state": self.state.value,
            "phases": [phase.to_json() for phase in self.phases],
            "report": self.report,
        }
