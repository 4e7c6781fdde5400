"""Random runs through the transition table: what holds for every operation whatever happens to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upward_asgi.upgrade.machine import ENDS, TABLE, Event, State, following

TOUCHED = {Event.PATCH, Event.MIGRATE}


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[State, Event, State]]:
    """A run from the request, by events that the table allows, for at most 30 steps."""
    run, state = [], State.REQUESTED
    for _ in range(draw(st.integers(1, 30))):
        allowed = [event for (before, event) in TABLE if before is state]
        if not allowed:
            break
        event = draw(st.sampled_from(allowed))
        run.append((state, event, following(state, event)))
        state = run[-1][2]
    return run


@given(runs())
def test_nothing_is_touched_before_the_rehearsal_passed(run: list[tuple[State, Event, State]]) -> None:
    """Patching and migrating come after REHEARSE and QUIESCE, always."""
    events = [event for _, event, _ in run]
    for n, event in enumerate(events):
        if event in TOUCHED:
            assert {Event.VERIFY, Event.PLAN, Event.REHEARSE, Event.QUIESCE} <= set(events[:n])


@given(runs())
def test_what_was_touched_is_not_refused(run: list[tuple[State, Event, State]]) -> None:
    """After a patch or a migration the end is all of it, or undone, or an error that says so; not REFUSED."""
    if TOUCHED & {event for _, event, _ in run}:
        assert run[-1][2] not in (State.REFUSED, State.TRIED)


@given(runs())
def test_an_end_is_the_last_state(run: list[tuple[State, Event, State]]) -> None:
    """No state before the last one is an end."""
    assert not {before for before, _, _ in run} & ENDS
