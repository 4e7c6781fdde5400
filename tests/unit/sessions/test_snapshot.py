"""What a code_change did in place is undone, in the same objects."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from upward_asgi.sessions.snapshot import Snapshot


@dataclass
class Inner:
    items: list[int] = field(default_factory=list)


class Hub:
    def __init__(self) -> None:
        self.members: set[str] = set()


class Slotted:
    __slots__ = ("__private", "a", "b")

    def __init__(self) -> None:
        self.a = [1]
        self.__private = 1

    def change(self) -> None:
        self.__private = 2
        self.b = 3

    @property
    def private(self) -> int:
        return self.__private


@dataclass
class State:
    inner: Inner
    hub: Hub
    table: dict[str, list[int]]
    more: Any


def test_contents_come_back_into_the_same_objects() -> None:
    """Fields, containers at any depth and data objects have their contents back, and their identity."""
    more = [OrderedDict(a=1), defaultdict(list, b=[1]), deque([1, 2], maxlen=2), bytearray(b"x"), {1}, ([0],)]
    state = State(Inner([1]), Hub(), {"t": [1]}, more)
    inner, items, table, row = state.inner, state.inner.items, state.table, state.table["t"]
    snapshot = Snapshot()
    snapshot.remember(state)
    state.inner.items.append(2)
    state.inner = Inner()
    row.clear()
    table["u"] = []
    state.__dict__["extra"] = 1
    del state.__dict__["more"]
    more[0].clear()
    more[1]["c"].append(1)
    more[2].append(3)
    more[3] += b"y"
    more[4].add(2)
    more[5][0].append(1)
    snapshot.restore()
    assert state.inner is inner and inner.items is items and items == [1]
    assert state.table is table and table == {"t": [1]} and table["t"] is row
    assert "extra" not in vars(state) and state.more is more
    assert more == [OrderedDict(a=1), {"b": [1]}, deque([1, 2]), bytearray(b"x"), {1}, ([0],)]
    assert more[2].maxlen == 2


def test_slots() -> None:
    """Slots have their contents back, empty ones are empty again, private names too."""
    state = Slotted()
    snapshot = Snapshot()
    snapshot.remember(state)
    state.change()
    state.a.append(2)
    snapshot.restore()
    assert state.private == 1 and not hasattr(state, "b") and state.a == [1]


def test_shared_objects_are_not_looked_into() -> None:
    """A hub below the state, and what it holds, is not remembered: its cost would be every session's."""
    state = State(Inner(), Hub(), {}, None)
    snapshot = Snapshot()
    snapshot.remember(state)
    before = len(snapshot)
    snapshot.remember(state)
    assert len(snapshot) == before
    state.hub.members.add("x")
    snapshot.restore()
    assert state.hub.members == {"x"}


def test_circles_end() -> None:
    """A state that refers to itself is remembered once."""
    state = State(Inner(), Hub(), {}, None)
    state.more = [state, {"state": state}]
    snapshot = Snapshot()
    snapshot.remember(state)
    snapshot.restore()
    assert state.more[0] is state


def test_attributes_only() -> None:
    """Of the object that holds the state, only its own attributes are remembered."""
    hub = Hub()
    snapshot = Snapshot()
    snapshot.remember_attributes(hub)
    hub.members.add("x")
    hub.__dict__["more"] = 1
    snapshot.restore()
    assert vars(hub) == {"members": {"x"}}
