"""All new states computed first, assigned together, undone together."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from packaging.version import Version

from upward_asgi.errors import CodeChangeError
from upward_asgi.sessions import Session, Sessions, Way, code_change, state
from upward_asgi.sessions.channel import Channel
from upward_asgi.sessions.state import application_changes
from upward_asgi.versions import Down

V0, V1, V2 = Version("1.0.0"), Version("1.0.1"), Version("1.0.2")


@dataclass
class Count:
    n: int = 0


@dataclass
class Special(Count):
    pass


async def nothing(*_: Any) -> Any:
    """No connection is behind these sessions."""


@pytest.fixture(autouse=True)
def own_registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers with @code_change is gone after it."""
    monkeypatch.setattr(state, "_BY_TYPE", {})
    monkeypatch.setattr(state, "_BY_APPLICATION", [])


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(V0)


def begin(sessions: Sessions, value: object) -> Session:
    session = sessions.begin("websocket", "/", Channel(nothing, nothing))
    session.state = value
    return session


def test_hops_compose_and_come_undone_in_reverse(sessions: Sessions) -> None:
    """Each hop's code_change gets the release that last wrote the state; undoing both brings all back."""
    seen: list[Version] = []

    @code_change(Count)
    def change(old_vsn: Version, old: Count, extra: object) -> Count:
        seen.append(old_vsn)
        return Count(old.n + 1)

    session = begin(sessions, Count())
    first = session.state
    one = sessions.stage(old_vsn=V0, to=V1)
    one.assign()
    two = sessions.stage(old_vsn=V1, to=V2)
    two.assign()
    assert (seen, session.state, session.release, sessions.release) == ([V0, V1], Count(2), V2, V2)
    two.undo()
    one.undo()
    assert session.state is first and (session.release, sessions.release) == (V0, V0)


def test_way_down(sessions: Sessions) -> None:
    """On the way down code_change gets a Down that carries the version being left."""
    seen: list[Any] = []

    @code_change(Count)
    def change(old_vsn: Version, old: Count, extra: object) -> Count:
        seen.append(old_vsn)
        return old

    session = begin(sessions, Count())
    session.release = V1
    sessions.stage(old_vsn=Down(V1, V0), to=V0).assign()
    (got,) = seen
    assert isinstance(got, Down) and (got, got.to) == (V1, V0)
    assert session.release == V0


def test_draining_and_up_to_date_sessions_are_left_alone(sessions: Sessions) -> None:
    """The state of an old frame stays with its release; one that is of the new release already, too."""

    @code_change(Count)
    def change(old_vsn: Version, old: Count, extra: object) -> Count:
        return Count(99)

    draining, ahead, other = (begin(sessions, Count()) for _ in range(3))
    draining.judge(Way.DRAIN, "its handler changed", "chat.py:7")
    ahead.release = V1
    sessions.stage(old_vsn=V0, to=V1).assign()
    assert [s.state for s in (draining, ahead, other)] == [Count(0), Count(0), Count(99)]
    assert sessions.by_release() == {"1.0.0": 1, "1.0.1": 2} and sessions.by_way() == {"drain": 1, "live": 2}
    assert draining.to_json()["place"] == "chat.py:7"


def test_chosen_sessions_only(sessions: Sessions) -> None:
    """`sessions` narrows what is staged."""
    one, other = begin(sessions, Count()), begin(sessions, Count())
    assert len(sessions.stage(old_vsn=V0, to=V1, sessions=[other])) == 1
    assert one.release == other.release == V0


def test_nearest_type_wins(sessions: Sessions) -> None:
    """A subclass's state is changed by the code_change of the nearest base that has one."""

    @code_change(Count)
    def change(old_vsn: Version, old: Count, extra: object) -> Count:
        return Special(7)

    session = begin(sessions, Special())
    sessions.stage(old_vsn=V0, to=V1).assign()
    assert session.state == Special(7)


def returns_none(old_vsn: Version, old: Count, extra: object) -> None:
    old.n = 5


async def awaits(old_vsn: Version, old: Count, extra: object) -> Count:
    return old


def exits(old_vsn: Version, old: Count, extra: object) -> Count:
    old.n = 5
    sys.exit(3)


def raises(old_vsn: Version, old: Count, extra: object) -> Count:
    old.n = 5
    raise KeyError("gone")


@pytest.mark.parametrize(
    ("function", "got"),
    [
        (returns_none, "None"),
        (awaits, "an awaitable"),
        (exits, "SystemExit: 3"),
        (raises, "KeyError: 'gone'"),
    ],
)
def test_wrong_code_change(sessions: Sessions, function: Any, got: str) -> None:
    """Whatever a code_change does wrong is named with session and type, and nothing of it remains."""
    code_change(Count)(function)
    session = begin(sessions, Count())
    with pytest.raises(CodeChangeError) as raised:
        sessions.stage(old_vsn=V0, to=V1)
    assert got in str(raised.value) and session.id in str(raised.value) and "Count" in str(raised.value)
    assert session.state == Count(0) and session.release == V0


def test_defaults_are_undone(sessions: Sessions) -> None:
    """Fields that were filled in are gone again after an undo."""
    value = Count.__new__(Count)
    session = begin(sessions, value)
    staged = sessions.stage(old_vsn=V0, to=V1)
    staged.assign()
    assert vars(value) == {"n": 0} and session.state is value
    staged.undo()
    assert vars(value) == {}


@pytest.fixture
def release() -> Iterator[Any]:
    made = ModuleType("of_a_release")
    sys.modules["of_a_release"] = made
    vars(made).update(code_change=code_change, Count=Count)
    yield made
    del sys.modules["of_a_release"]


def test_registration_of_a_deleted_function(sessions: Sessions, release: Any) -> None:
    """A code_change that a rollback took out of its module is not called any more."""
    source = "@code_change(Count)\ndef change(old_vsn, state, extra):\n    return Count(state.n + 1)\n"
    exec(source, vars(release))
    session = begin(sessions, Count())
    sessions.stage(old_vsn=V0, to=V1).assign()
    assert session.state == Count(1)
    del release.change
    sessions.stage(old_vsn=V1, to=V2).assign()
    assert session.state == Count(1)


def test_application_code_change() -> None:
    """A code_change for an application object is found by the engine, not by sessions."""
    app = object()

    @code_change(app)
    def change(application: object, old_vsn: Version, new_vsn: Version) -> None:
        """Nothing to do."""

    assert application_changes() == ((app, change),)
