"""Many sessions of one kind, whose states are computed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from packaging.version import Version

from upward_asgi.errors import CodeChangeError
from upward_asgi.sessions import Broken, Session, Sessions, Way
from upward_asgi.sessions.channel import Channel

V0, V1 = Version("1.0.0"), Version("1.0.1")


@dataclass
class Count:
    n: int
    seen: Any = None


class Keeper:
    """Keeps a state, as a LiveSession does; its `code_change` looks at nothing else."""

    mounted = True

    def __init__(self, n: int) -> None:
        self.state: Any = Count(n)

    def code_change(self, old_vsn: Version, state: Any, extra: object) -> Any:
        if state.n == 7:
            state.n = -7
            raise KeyError("seven")
        if state.n == 9:
            return None
        state.n += 100
        return state if state.n % 2 else Count(state.n, "made anew")


class Other(Keeper):
    """Another kind of keeper."""

    def code_change(self, old_vsn: Version, state: Any, extra: object) -> Any:
        return Count(state.n + 1_000)


async def nothing(*_: Any) -> Any:
    """No connection is behind these sessions."""


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(V0)


def begin(sessions: Sessions, *holders: Keeper) -> list[Session]:
    found = []
    for holder in holders:
        session = sessions.begin("websocket", "/", Channel(nothing, nothing))
        session.holder = holder
        found.append(session)
    return found


def numbers(sessions: list[Session]) -> list[int]:
    return [session.state.n for session in sessions]  # type: ignore[attr-defined]


def test_all_of_a_kind(sessions: Sessions) -> None:
    """The second step, when their kind is known, does the same as the first; the undo brings all back."""
    first, second = (begin(sessions, *(Keeper(n) for n in some)) for some in ((1, 2, 3), (4, 5, 6)))
    before = [session.state for session in (*first, *second)]
    staged = sessions.staging(old_vsn=V0, to=V1)
    for some in (first, second):
        staged.compute(some)
        staged.assign()
    assert numbers(first) == [101, 102, 103] and numbers(second) == [104, 105, 106]
    assert len(staged) == 6 and staged.changed == 3 and sessions.by_release() == {"1.0.1": 6}
    assert [session for session, _ in staged.told()] == [*first, *second]
    staged.undo()
    assert all(session.state is old for session, old in zip((*first, *second), before, strict=True))
    assert numbers(first) + numbers(second) == [1, 2, 3, 4, 5, 6] and sessions.by_release() == {"1.0.0": 6}


def test_a_failure_among_them(sessions: Sessions) -> None:
    """Whoever fails is named, and what the others' code_change did in place is undone with it."""
    first, second = (begin(sessions, *(Keeper(n) for n in some)) for some in ((1, 2), (3, 7, 4)))
    staged = sessions.staging(old_vsn=V0, to=V1)
    staged.compute(first)
    staged.assign()
    with pytest.raises(CodeChangeError, match=f"KeyError: 'seven', for session {second[1].id}") as raised:
        staged.compute(second)
    assert isinstance(raised.value.__cause__, KeyError)
    staged.undo()
    assert numbers(first) + numbers(second) == [1, 2, 3, 7, 4] and sessions.by_release() == {"1.0.0": 5}


def test_failures_that_are_collected(sessions: Sessions) -> None:
    """With `broken`, who raised or returned no state is left out, and the others have followed."""
    first, second = (begin(sessions, *(Keeper(n) for n in some)) for some in ((1,), (3, 7, 9, 4)))
    broken: Broken = {}
    staged = sessions.staging(old_vsn=V0, to=V1, broken=broken)
    for some in (first, second):
        staged.compute(some)
        staged.assign()
    assert list(broken) == second[1:3] and isinstance(broken[second[1]].__cause__, KeyError)
    assert numbers([second[0], second[3]]) == [103, 104] and len(staged) == 3
    assert [session.release for session in second] == [V1, V0, V0, V1]
    staged.compute(second[1:3])  # as the next hop would: what is broken is asked nothing more
    assert len(staged) == 3
    staged.undo()
    assert numbers(second) == [3, 7, 9, 4]


def with_a_list(session: Session) -> None:
    session.state.seen = [1]  # type: ignore[attr-defined]


def draining(session: Session) -> None:
    session.judge(Way.DRAIN)


@pytest.mark.parametrize("differs", [with_a_list, draining])
def test_one_that_differs(sessions: Sessions, differs: Callable[[Session], None]) -> None:
    """One among them that goes another way, or holds more than atoms, gets what it would get alone."""
    some = begin(sessions, *(Keeper(n) for n in (1, 2, 3, 5)))
    differs(some[2])
    staged = sessions.staging(old_vsn=V0, to=V1)
    staged.compute(some[:1])
    staged.compute(some[1:])
    staged.assign()
    drains = some[2].way is Way.DRAIN
    assert numbers(some) == [101, 102, 3 if drains else 103, 105] and len(staged) == (3 if drains else 4)
    staged.undo()
    assert numbers(some) == [1, 2, 3, 5]


def test_two_kinds_in_turn(sessions: Sessions) -> None:
    """Sessions of several kinds in one step each get their own code_change."""
    begin(sessions, Keeper(1), Other(2))
    some = begin(sessions, Keeper(3), Other(4), Keeper(5), Other(6))
    staged = sessions.staging(old_vsn=V0, to=V1)
    staged.compute(sessions.open()[:2])
    staged.compute(some)
    staged.assign()
    assert numbers(some) == [103, 1004, 105, 1006]


def test_a_state_that_two_share(sessions: Sessions) -> None:
    """What two sessions share is changed twice, and comes back as it was before both."""
    some = begin(sessions, Keeper(1), Keeper(3), Keeper(5))
    some[2].state = some[1].state
    staged = sessions.staging(old_vsn=V0, to=V1)
    staged.compute(some[:1])
    staged.compute(some[1:])
    staged.assign()
    staged.undo()
    assert numbers(some) == [1, 3, 3]
