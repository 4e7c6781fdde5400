"""The undo log: every write is taken back, exactly, newest first."""

from __future__ import annotations

import gc
from collections import OrderedDict, deque
from functools import partial
from types import CellType
from typing import Any

import pytest

from upward_asgi.errors import InternalError
from upward_asgi.patch.journal import MISSING, Journal


def test_a_name_that_was_there_keeps_its_place_and_gets_its_value_back() -> None:
    """Setting, then undoing, leaves keys in order."""
    namespace = {"a": 1, "b": 2, "c": 3}
    journal = Journal()
    journal.set_item(namespace, "b", 20)
    assert list(namespace.items()) == [("a", 1), ("b", 20), ("c", 3)]
    journal.undo()
    assert list(namespace.items()) == [("a", 1), ("b", 2), ("c", 3)]


def test_a_new_name_goes() -> None:
    """A name that was not there is not there afterwards."""
    namespace: dict[str, int] = {}
    journal = Journal()
    journal.set_item(namespace, "a", 1)
    journal.undo()
    assert namespace == {}


def test_a_deleted_name_comes_back_at_its_place() -> None:
    """Deletion too is undone in order."""
    namespace = {"a": 1, "b": 2, "c": 3}
    journal = Journal()
    journal.delete_item(namespace, "a")
    journal.delete_item(namespace, "absent")
    assert list(namespace) == ["b", "c"]
    journal.undo()
    assert list(namespace) == ["a", "b", "c"]


def test_writes_are_undone_newest_first() -> None:
    """Two writes of one name end at the value before the first."""
    namespace = {"a": 1}
    journal = Journal()
    journal.set_item(namespace, "a", 2)
    journal.set_item(namespace, "a", 3)
    journal.undo()
    assert namespace == {"a": 1}


def test_a_write_of_what_is_there_leaves_no_entry() -> None:
    """Nothing is remembered where nothing changes."""
    value = object()
    journal = Journal()
    journal.set_item({"a": value}, "a", value)
    journal.set_attribute(CellType(value), "cell_contents", value)
    assert len(journal) == 0


def test_class_attributes_come_back_even_where_the_metaclass_forbids() -> None:
    """Neither the metaclass's `__setattr__` nor its `__delattr__` runs."""

    class Closed(type):
        def __setattr__(cls, name: str, value: object) -> None:
            raise AssertionError("the metaclass ran")

        def __delattr__(cls, name: str) -> None:
            raise AssertionError("the metaclass ran")

    class Thing(metaclass=Closed):
        kept = 1
        gone = 2

    journal = Journal()
    journal.set_class(Thing, "kept", 10)
    journal.set_class(Thing, "new", 3)
    journal.delete_class(Thing, "gone")
    journal.delete_class(Thing, "absent")
    assert (Thing.kept, Thing.__dict__["new"]) == (10, 3)
    assert "gone" not in Thing.__dict__
    journal.undo()
    assert (Thing.kept, Thing.gone) == (1, 2)
    assert "new" not in Thing.__dict__


def test_a_class_takes_back_the_order_of_its_attributes() -> None:
    """`vars(cls)` decides what enumerations of attributes see, so its order is brought back too."""

    class Thing:
        a = 1
        b = 2
        c = 3

    before = list(vars(Thing).items())
    journal = Journal()
    journal.delete_class(Thing, "a")
    journal.set_class(Thing, "z", 0)
    journal.set_class(Thing, "a", 10)
    journal.class_order(Thing, ["__module__", "c", "z", "a"])
    assert [n for n in vars(Thing) if len(n) == 1] == ["c", "z", "a", "b"]
    journal.undo()
    assert list(vars(Thing).items()) == before
    assert (Thing.a, Thing().b) == (1, 2)


def test_a_class_that_says_another_module_still_says_its_line() -> None:
    """Python 3.13 forgets `__firstlineno__` when `__module__` is set; a class that moved has one."""

    class Thing: ...

    type.__setattr__(Thing, "__firstlineno__", 7)
    before = list(vars(Thing).items())
    journal = Journal()
    journal.set_class(Thing, "__module__", "elsewhere")
    assert (Thing.__module__, vars(Thing)["__firstlineno__"]) == ("elsewhere", 7)
    journal.undo()
    assert list(vars(Thing).items()) == before


def test_the_order_of_a_dictionary_comes_back_though_no_key_was_missing() -> None:
    """The same keys in another order: annotations and tables are enumerated in order."""
    namespace = {"a": 1, "b": 2, "c": 3}
    journal = Journal()
    journal.contents(namespace)
    namespace["a"] = namespace.pop("a")
    namespace["b"] = 20
    journal.undo()
    assert list(namespace.items()) == [("a", 1), ("b", 2), ("c", 3)]


def test_instances_take_back_their_class() -> None:
    """An instance that was moved to another class is moved back."""

    class Old: ...

    class New: ...

    instance: Any = Old()
    journal = Journal()
    journal.set_class_of(instance, New)
    assert type(instance) is New
    journal.undo()
    assert type(instance) is Old


def test_bases_come_back() -> None:
    """The bases, and with them the order of method resolution, are those of before."""

    class One: ...

    class Two: ...

    class Sub(One): ...

    journal = Journal()
    journal.set_bases(Sub, (Two,))
    assert issubclass(Sub, Two)
    journal.undo()
    assert Sub.__mro__ == (Sub, One, object)


def test_empty_cells_become_empty_again() -> None:
    """A cell that was filled by the patch is empty after the undo."""
    cell = CellType()
    journal = Journal()
    journal.set_attribute(cell, "cell_contents", 1)
    assert cell.cell_contents == 1
    journal.undo()
    with pytest.raises(ValueError, match="empty"):
        _ = cell.cell_contents


def test_attributes_that_were_not_there_go() -> None:
    """An attribute given to an instance is taken away again."""

    class Thing: ...

    thing = Thing()
    journal = Journal()
    journal.set_attribute(thing, "name", 1)
    assert thing.__dict__ == {"name": 1}
    journal.undo()
    assert thing.__dict__ == {}


@pytest.mark.parametrize(
    ("container", "change"),
    [
        ({"a": 1, "b": 2}, lambda c: (c.pop("a"), c.update(c=3))),
        (OrderedDict(a=1, b=2), lambda c: c.move_to_end("a")),
        ([1, 2, 3], lambda c: c.reverse()),
        (deque([1, 2]), lambda c: c.appendleft(0)),
        ({1, 2}, lambda c: (c.add(3), c.discard(1))),
    ],
    ids=["dict", "ordered dict", "list", "deque", "set"],
)
def test_remembered_containers_get_their_contents_back(container: Any, change: Any) -> None:
    """Contents and order are those of before; the container is the same object."""
    before = list(container)
    journal = Journal()
    journal.contents(container)
    change(container)
    journal.undo()
    assert list(container) == before


def test_contents_are_remembered_as_they_were_the_first_time() -> None:
    """Remembering a container again, after it changed, does not lose what it held at first."""
    table = {"a": 1}
    journal = Journal()
    journal.contents(table)
    table["b"] = 2
    journal.contents(table)
    table["c"] = 3
    journal.undo()
    assert table == {"a": 1}


def test_equal_but_other_objects_are_brought_back_by_identity() -> None:
    """What compares equal need not be the same object."""
    one, other = [1], [1]
    holder, table = [one], {"a": one}
    journal = Journal()
    journal.contents(holder)
    journal.contents(table)
    holder[0] = other
    table["a"] = other
    journal.undo()
    assert holder[0] is one
    assert table["a"] is one


def test_a_failing_entry_does_not_keep_the_others_from_running() -> None:
    """What can be undone is, and the failure is raised at the end."""
    namespace = {"a": 1}
    journal = Journal()
    journal.set_item(namespace, "a", 2)

    def fail() -> None:
        raise RuntimeError("cannot")

    journal.on_undo(fail)
    with pytest.raises(InternalError, match="cannot"):
        journal.undo()
    assert namespace == {"a": 1}


def test_a_second_undo_does_nothing() -> None:
    """After an undo the log is empty: what was written since stays."""
    namespace = {"a": 1}
    journal = Journal()
    journal.set_item(namespace, "a", 2)
    journal.undo()
    namespace["a"] = 5
    journal.undo()
    assert namespace == {"a": 5}


def test_the_log_tells_what_it_holds() -> None:
    """Copies of contents are the log's own: whoever counts holders of an object can leave them out."""
    item, table = object(), {}
    table["a"] = item
    journal = Journal()
    journal.contents(table)
    held = list(journal.holders())
    assert any(isinstance(holder, list) and holder == [("a", item)] for holder in held)


@pytest.mark.parametrize("kind", [dict, OrderedDict, list, set, deque])
def test_what_others_change_afterwards_is_theirs(kind: Any) -> None:
    """A container that was only remembered is let go by `settle`; one that was changed is brought back."""
    left_alone, changed = kind([("a", 1)]), kind([("a", 1)])
    journal = Journal()
    for container in (left_alone, changed):
        journal.contents(container)
    changed.clear()
    journal.settle()
    left_alone.clear()
    journal.undo()
    assert left_alone == kind() and changed == kind([("a", 1)])


def test_another_object_or_order_is_a_change() -> None:
    """Equal is not enough: `settle` keeps what holds another object, or the same ones in another order."""
    one, other = [1], [1]
    values, table, order = [one], {"a": one}, [1, 2]
    journal = Journal()
    for container in (values, table, order):
        journal.contents(container)
    values[0] = table["a"] = other
    order.reverse()
    journal.settle()
    journal.undo()
    assert values[0] is one and table["a"] is one and order == [1, 2]


def test_missing_says_what_it_is() -> None:
    """The mark for 'was not there' reads well in a report."""
    assert repr(MISSING) == "<missing>"


def test_an_undone_journal_holds_nothing() -> None:
    """What the patch had made can go: a base would list a class for as long as somebody held the report."""

    class Base:
        __slots__ = ()

    made = type("Made", (Base,), {"__slots__": ("table",), "TABLE": {}})
    journal = Journal()
    journal.contents(made.__dict__["TABLE"])
    journal.on_undo(partial(repr, made))
    journal.undo()
    del made
    gc.collect()
    assert Base.__subclasses__() == []
