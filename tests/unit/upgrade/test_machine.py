"""The transition table: every state with every event, and the diagram that is drawn from it."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import pytest

from upward_asgi.errors import InternalError
from upward_asgi.upgrade import machine
from upward_asgi.upgrade.machine import ENDS, TABLE, Event, State, diagram, following

ROOT = Path(__file__).parents[3]

REFUSABLE = {State.REQUESTED, State.VERIFIED, State.PLANNED}
UNDOABLE = {State.REHEARSED, State.QUIESCED, State.PATCHED, State.MIGRATED}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_state_with_every_event(state: State, event: Event) -> None:
    """An event of the table leads to its state; any other is our bug and says what was allowed."""
    if (state, event) in TABLE:
        assert following(state, event) is TABLE[state, event]
        return
    with pytest.raises(InternalError) as raised:
        following(state, event)
    assert raised.value.got == event.name
    allowed = {e.name for s, e in TABLE if s is state}
    assert all(name in raised.value.expected for name in allowed)


def test_ends_are_ends() -> None:
    """Nothing follows an end, and every other state has something that follows."""
    assert {state for state in State if not any(s is state for s, _ in TABLE)} == ENDS


def test_every_state_is_reachable() -> None:
    """Every state can be come to from the first one."""
    reached = {State.REQUESTED}
    for _ in State:
        reached |= {after for (before, _), after in TABLE.items() if before in reached}
    assert reached == set(State)


def test_a_refusal_touches_nothing() -> None:
    """REFUSED follows only states before the rehearsal's success, ROLLED_BACK only those after it."""
    assert {s for (s, e), _ in TABLE.items() if e is Event.REFUSE} == REFUSABLE
    assert {s for (s, e), _ in TABLE.items() if e is Event.UNDO} == UNDOABLE


def test_every_state_of_a_running_operation_can_fail() -> None:
    """A failure that is not the release's may come at any state before the result."""
    assert {s for (s, e), _ in TABLE.items() if e is Event.BREAK} == REFUSABLE | UNDOABLE


@pytest.mark.parametrize(
    "events",
    [
        [Event.PATCH, Event.MIGRATE, Event.COMMIT],
        [Event.MIGRATE, Event.PATCH, Event.COMMIT],
        [Event.PATCH, Event.MIGRATE, Event.PATCH, Event.MIGRATE, Event.COMMIT, Event.CONFIRM],
        [Event.MIGRATE, Event.PATCH, Event.MIGRATE, Event.PATCH, Event.COMMIT, Event.TAKE_BACK],
    ],
    ids=["up", "down", "two up", "two down"],
)
def test_ways_through(events: list[Event]) -> None:
    """Up, down, and through several releases: the table lets an operation come to its end."""
    state = State.REQUESTED
    for event in [Event.VERIFY, Event.PLAN, Event.REHEARSE, Event.QUIESCE, *events]:
        state = following(state, event)
    assert state in {State.CURRENT, *ENDS}


def test_the_machine_is_pure() -> None:
    """The module imports nothing that waits, reads or writes."""
    tree = ast.parse(Path(machine.__file__).read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert names == {"__future__", "enum", "sys", "types", "errors"}


def test_the_diagram_shows_every_transition() -> None:
    """Each transition is one line, between the first state and the ends."""
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> requested" in lines
    assert sum(" --> " in line and ": " in line for line in lines) == len(TABLE)
    assert sum(line.endswith("--> [*]") for line in lines) == len(ENDS)


def test_the_documentation_is_not_stale() -> None:
    """docs/reference/states.md holds the diagram as the table draws it today."""
    page = (ROOT / "docs" / "reference" / "states.md").read_text()
    assert f"```mermaid\n{diagram()}```\n" in page, (
        "write it again: python -m upward_asgi.upgrade.machine > docs/reference/states.md"
    )
