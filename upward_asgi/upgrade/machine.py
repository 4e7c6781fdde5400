"""The upgrade as a state machine: every state, every event, and what follows, in one table.

The theory of operation. An operation takes the process from one release to another, hop by hop, or leaves
it exactly as it was. Three rules hold everywhere, and everything that affects them lives in this file:

1. **Until QUIESCED nothing live is touched.** What goes wrong before ends in REFUSED: the release is at
   fault (cold, does not import, fails the rehearsal) and trying it was free of risk. Once the rehearsal has
   passed, nothing is wrong with the release any more: changed code that will not leave the stack ends in
   ROLLED_BACK, like every failure after it.
2. **PATCHED and MIGRATED lie inside one turn of the event loop.** No other task ever sees them. On the way
   up each hop is patched, then its `code_change` runs in the new code; on the way down each hop is migrated
   by the newer code that still runs, then patched. A third hop follows a second as the second the first.
   From there the only ways out are CURRENT (all of it) and ROLLED_BACK (none of it). One exception: handlers
   that are restarted need the loop to start, so the other sessions are held until all of them have.
3. **FAILED means that the release is not to blame**: the server shut down meanwhile, the store could not be
   read, or a bug of ours. Nothing is changed then either, unless the report says that undoing failed.

CURRENT is provisional, as in OTP's release handler
(https://www.erlang.org/doc/apps/sasl/release_handler.html): the next boot starts the permanent release.
Probation ends it either way, up (PERMANENT) or down (DOWNGRADED).

The diagram in the documentation is drawn from the table by `diagram()`; a test fails when it is stale.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from types import MappingProxyType

from ..errors import InternalError

__all__ = ["ENDS", "TABLE", "Event", "State", "diagram", "following"]


class State(StrEnum):
    """How far an operation has come."""

    REQUESTED = "requested"
    """Accepted: there are releases to go through."""
    VERIFIED = "verified"
    """The releases on disk are what was unpacked."""
    PLANNED = "planned"
    """Every hop is hot and its code compiled."""
    REHEARSED = "rehearsed"
    """A forked copy of the process did all of it."""
    QUIESCED = "quiesced"
    """No changed function is where it would be in the way."""
    PATCHED = "patched"
    """The code of a hop is that of the release it goes to."""
    MIGRATED = "migrated"
    """The states of a hop have been through `code_change`."""
    CURRENT = "current"
    """The release runs, provisionally."""
    PERMANENT = "permanent"
    """The next boot starts this release."""
    DOWNGRADED = "downgraded"
    """Another operation took the release back."""
    TRIED = "tried"
    """A dry run ended where the risk would begin."""
    REFUSED = "refused"
    """Not done, nothing touched."""
    ROLLED_BACK = "rolled_back"
    """Tried and undone."""
    FAILED = "failed"
    """Not done, for a reason outside the release."""


class Event(StrEnum):
    """What moves an operation on."""

    VERIFY = "the trees match their records"
    PLAN = "every hop is hot"
    REHEARSE = "the rehearsal passed"
    STOP = "it was a dry run"
    QUIESCE = "no changed code in the way"
    PATCH = "a hop was patched"
    MIGRATE = "a hop's states were migrated"
    COMMIT = "the last hop is done"
    CONFIRM = "probation passed"
    TAKE_BACK = "it was taken back"
    REFUSE = "the release is at fault"
    UNDO = "a failure was undone"
    BREAK = "a failure that is not the release's"


_S, _E = State, Event

TABLE = MappingProxyType(
    {
        (_S.REQUESTED, _E.VERIFY): _S.VERIFIED,
        (_S.REQUESTED, _E.REFUSE): _S.REFUSED,
        (_S.REQUESTED, _E.BREAK): _S.FAILED,
        (_S.VERIFIED, _E.PLAN): _S.PLANNED,
        (_S.VERIFIED, _E.REFUSE): _S.REFUSED,
        (_S.VERIFIED, _E.BREAK): _S.FAILED,
        (_S.PLANNED, _E.REHEARSE): _S.REHEARSED,
        (_S.PLANNED, _E.REFUSE): _S.REFUSED,
        (_S.PLANNED, _E.BREAK): _S.FAILED,
        (_S.REHEARSED, _E.STOP): _S.TRIED,
        (_S.REHEARSED, _E.QUIESCE): _S.QUIESCED,
        (_S.REHEARSED, _E.UNDO): _S.ROLLED_BACK,
        (_S.REHEARSED, _E.BREAK): _S.FAILED,
        (_S.QUIESCED, _E.PATCH): _S.PATCHED,
        (_S.QUIESCED, _E.MIGRATE): _S.MIGRATED,
        (_S.QUIESCED, _E.UNDO): _S.ROLLED_BACK,
        (_S.QUIESCED, _E.BREAK): _S.FAILED,
        (_S.PATCHED, _E.MIGRATE): _S.MIGRATED,
        (_S.PATCHED, _E.COMMIT): _S.CURRENT,
        (_S.PATCHED, _E.UNDO): _S.ROLLED_BACK,
        (_S.PATCHED, _E.BREAK): _S.FAILED,
        (_S.MIGRATED, _E.PATCH): _S.PATCHED,
        (_S.MIGRATED, _E.COMMIT): _S.CURRENT,
        (_S.MIGRATED, _E.UNDO): _S.ROLLED_BACK,
        (_S.MIGRATED, _E.BREAK): _S.FAILED,
        (_S.CURRENT, _E.CONFIRM): _S.PERMANENT,
        (_S.CURRENT, _E.TAKE_BACK): _S.DOWNGRADED,
    }
)
"""State and event to the state that follows. What is not here cannot happen."""

ENDS = frozenset({_S.PERMANENT, _S.DOWNGRADED, _S.TRIED, _S.REFUSED, _S.ROLLED_BACK, _S.FAILED})
"""The states that nothing follows."""


def following(state: State, event: Event) -> State:
    """The state after `event`. Raises `InternalError` when the table has no such transition."""
    after = TABLE.get((state, event))
    if after is not None:
        return after
    allowed = ", ".join(sorted(e.name for s, e in TABLE if s is state)) or "nothing more"
    raise InternalError(
        expected=f"{allowed} after {state.value}", got=event.name, do="report this as a bug of upward_asgi"
    )


def diagram() -> str:
    """The table as a Mermaid state diagram, the source of the one in `docs/reference/states.md`."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.REQUESTED.value}"]
    lines += [f"    {a.value} --> {b.value}: {event.value}" for (a, event), b in TABLE.items()]
    lines += [f"    {state.value} --> [*]" for state in State if state in ENDS]
    return "\n".join(lines) + "\n"


def _page() -> str:
    rows = [f"| `{state.value}` | {', '.join(_after(state)) or 'the end'} |" for state in State]
    table = "\n".join(["| state | what may follow |", "| --- | --- |", *rows])
    head = (
        "# The states of an operation\n\n"
        "Written by `python -m upward_asgi.upgrade.machine` from the transition table; a test fails when it\n"
        "is stale. Why it is like this: [the upgrade as a transaction](../explanation/transaction.md).\n"
    )
    return f"{head}\n```mermaid\n{diagram()}```\n\n{table}\n"


def _after(state: State) -> list[str]:
    return [f"`{after.value}` ({event.value})" for (before, event), after in TABLE.items() if before is state]


if __name__ == "__main__":
    sys.stdout.write(_page())
