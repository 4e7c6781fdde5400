"""What an operation tells an operator who reads it cold: what happened, what was lost, what to do next."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from operator import attrgetter
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

from ..errors import NotHot, NotUndone, QuiesceTimeout, UpgradeFailed, UpwardError
from ..sessions import Way
from ..sessions.exchange import REFUSED_CODE
from .machine import State
from .operation import Kind, Operation
from .slices import Slices, chunks

if TYPE_CHECKING:
    from ..sessions import Session

__all__ = [
    "as_upward_error",
    "error_to_json",
    "milliseconds",
    "next_step",
    "place_of_error",
    "sessions_since",
    "turned_away_to_json",
]

_NAMED = 100
"""Sessions that a report names; the count says how many there were."""


def as_upward_error(error: BaseException, where: str) -> UpwardError:
    """The error itself if it is one of ours, else an `UpgradeFailed` that says where it came from."""
    if isinstance(error, UpwardError):
        return error
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    wrapped = UpgradeFailed(
        expected=f"{where} to succeed", got=text, do="see the traceback in the report; mend the release"
    )
    wrapped.__cause__ = error
    return wrapped


def error_to_json(error: UpwardError, store: Path) -> dict[str, object]:
    """The error as the report shows it, with its causes, outermost first, and the traceback.

    `place` is where in the release it came from, when it was raised below the folder `store`.
    """
    found: dict[str, object] = {
        "code": error.code,
        "expected": error.expected,
        "got": error.got,
        "do": error.do,
        "message": str(error),
    }
    if isinstance(error, NotHot):
        return found | {"reasons": [reason.to_json() for reason in error.reasons]}
    if isinstance(error, QuiesceTimeout):
        return found
    causes = [f"{type(cause).__name__}: {cause}" for cause in _causes(error)]
    place = place_of_error(error, store)
    found |= {"place": place} if place else {}
    trace = "".join(traceback.format_exception(error))
    return found | {"causes": causes, "traceback": trace}


def place_of_error(error: BaseException, store: Path) -> str | None:
    """`file:line in function` of the innermost code of a release below `store`; None when there is none."""
    frames = [frame for one in (error, *_causes(error)) for frame in walk_tb(one.__traceback__)]
    for frame, line in reversed(frames):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(store):
            inside = Path(*file.relative_to(store).parts[1:])  # without the folder of the version
            return f"{inside.as_posix()}:{line} in {frame.f_code.co_qualname}"
    return None


def _causes(error: BaseException) -> Iterable[BaseException]:
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__


async def sessions_since(
    before: Sequence[Session],
    slices: Slices,
    *,
    changed: int,
    restarted: Set[Session],
    turned_away: Set[Session],
) -> dict[str, object]:
    """How many of the sessions of `before` are still open; `changed` of them have another state now.

    Those that are `turned_away` are being closed. Those of `restarted` are live again, and counted as what
    they went through.
    """
    ways: Counter[Way] = Counter()
    for some in chunks(before):
        kept = [one for one in some if not one.gone and one not in turned_away]
        ways.update([Way.RESTART if one in restarted else one.way for one in kept])
        if slices.over():
            await slices.turn()  # the result stands: whoever ends meanwhile is counted, or not, as it happens
    by_way = {str(way): number for way, number in ways.items()}
    return {"total": len(before), "kept": ways.total(), "by_way": by_way, "changed": changed}


def turned_away_to_json(sessions: frozenset[Session]) -> dict[str, object]:
    """The sessions that their new handlers refused, as the report names them."""
    some = sorted(sessions, key=attrgetter("id"))[:_NAMED]
    return {
        "total": len(sessions),
        "code": REFUSED_CODE,
        "sessions": [{"id": session.id, "path": session.path} for session in some],
    }


def next_step(operation: Operation) -> str:
    """One sentence on what an operator does now."""
    match operation.machine:
        case State.TRIED:
            return f"Nothing was changed. Run the {operation.kind} without dry_run to do it."
        case State.CURRENT if operation.kind is Kind.DOWNGRADE:
            return f"{operation.to} runs. Make it permanent if the next boot shall start it."
        case State.CURRENT:
            return f"{operation.to} runs provisionally. Make it permanent when you are content, or downgrade."
        case State.PERMANENT:
            return f"{operation.to} runs and is what the next boot starts. Nothing is left to do."
        case State.REFUSED:
            return f"Nothing was lost: {_runs_on(operation)}, untouched.{_remembered(operation)}"
        case State.ROLLED_BACK:
            return f"Nothing was lost: all was undone, and {_runs_on(operation)}.{_remembered(operation)}"
        case _ if _error_code(operation) == NotUndone.code:
            return f"Restart the service, which boots the permanent release; {operation.from_} runs in parts."
        case _:
            return f"Nothing was lost: {_runs_on(operation)}. The release is not to blame; ask again."


def _runs_on(operation: Operation) -> str:
    found = operation.report.get("sessions")
    if not isinstance(found, dict) or not found["total"]:
        return f"{operation.from_} runs on"
    kept, total = found["kept"], found["total"]
    gone = "" if kept == total else f" ({total - kept} left meanwhile by themselves)"
    return f"{operation.from_} runs on with {kept} of {total} session(s), each in the state it had{gone}"


def _remembered(operation: Operation) -> str:
    release = operation.report.get("remembered")
    if release is None:
        return ""
    return f" {release} is passed over from now on; `upward upgrade --to {release}` tries it again."


def _error_code(operation: Operation) -> object:
    error = operation.report.get("error")
    return error.get("code") if isinstance(error, dict) else None


def milliseconds(seconds: float) -> float:
    """A duration as reports show it."""
    return round(seconds * 1000, 3)
