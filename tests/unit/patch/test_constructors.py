"""A `__new__` that comes or goes: the class can be called afterwards, and after the undo, as before."""

from __future__ import annotations

from typing import Any

import pytest

from upward_asgi.patch import constructors
from upward_asgi.patch.journal import Journal
from upward_asgi.patch.refusal import CannotFollow


def _new(cls: type, *args: object) -> Any:
    return object.__new__(cls)


def _classes() -> tuple[Any, Any]:
    class Room:
        def __init__(self, name: str = "") -> None:
            self.name = name

    class Lobby(Room):
        pass

    return Room, Lobby


def test_undo_of_an_added_new() -> None:
    """After the undo the class and its subclass take their arguments again; without care they would not."""
    room, lobby = _classes()
    journal = Journal()
    journal.set_class(room, "__new__", staticmethod(_new))
    assert (room("a").name, lobby("b").name) == ("a", "b")
    journal.undo()
    assert (room("a").name, lobby("b").name) == ("a", "b")
    assert "__new__" not in room.__dict__


def test_a_new_that_goes() -> None:
    """Deleting it leaves a class that is called with arguments, and refuses those that nothing takes."""
    room, lobby = _classes()
    room.__new__ = staticmethod(_new)
    journal = Journal()
    journal.delete_class(room, "__new__")
    assert (room("a").name, lobby("b").name) == ("a", "b")
    journal.delete_class(room, "__init__")
    with pytest.raises(TypeError, match=r"Room\(\) takes no arguments"):
        room("a")
    journal.undo()
    assert (room("a").name, lobby("b").name) == ("a", "b")
    assert room.__new__ is _new


def test_a_subclass_s_own_new_stays() -> None:
    """Only classes without a `__new__` of their own follow."""
    room, lobby = _classes()
    lobby.__new__ = staticmethod(lambda cls, name: setattr(lobby, "made", name) or object.__new__(cls))
    room.__new__ = staticmethod(_new)
    Journal().delete_class(room, "__new__")
    assert lobby("b").name == "b"
    assert lobby.made == "b"


def test_a_built_in_base_s_new() -> None:
    """Of a subclass of `tuple`, it is tuple's that comes back."""

    class Pair(tuple[int, ...]):
        def __new__(cls, *items: int) -> Any:
            return tuple.__new__(cls, items)

    journal = Journal()
    journal.delete_class(Pair, "__new__")
    assert Pair((1, 2)) == (1, 2)
    journal.undo()
    assert Pair(1, 2) == (1, 2)


def test_bases_that_bring_a_new_and_take_it_away() -> None:
    """A base with a `__new__` that goes, goes with its `__new__`."""

    class Base:
        pass

    class Making(Base):
        def __new__(cls, *args: object) -> Any:
            return super().__new__(cls)

    class Room(Base):
        def __init__(self, name: str = "") -> None:
            self.name = name

    journal = Journal()
    journal.set_bases(Room, (Making,))
    assert Room("a").name == "a"
    journal.undo()
    assert Room("a").name == "a"


def test_refused_where_the_slot_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Python that lays types out otherwise, a first `__new__` is refused and nothing is written."""
    monkeypatch.setattr(constructors, "_TP_NEW", constructors._TP_NEW - 8)
    constructors._is_writable.cache_clear()
    room, _ = _classes()
    try:
        with pytest.raises(CannotFollow, match="comes or goes"):
            Journal().set_class(room, "__new__", staticmethod(_new))
    finally:
        constructors._is_writable.cache_clear()
    assert room("a").name == "a"
