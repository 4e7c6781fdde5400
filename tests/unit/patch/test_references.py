"""Replacing references: every holder of the old object holds the new one, and the undo takes that back."""

from __future__ import annotations

from typing import Any

import pytest

from upward_asgi.patch import heap, references
from upward_asgi.patch.journal import Journal
from upward_asgi.patch.references import replace_references


class Thing:
    """Something with an identity."""


def same(*found: object) -> object:
    """What is found at several places, when it is one object."""
    return found[0] if all(one is found[0] for one in found) else found


def shared(inner: tuple[object], x: object) -> list[object]:
    """One tuple that several hold, beside what it holds itself."""
    return [inner, (inner, x), (x, inner, (inner,))]


@pytest.mark.parametrize(
    ("hold", "look"),
    [
        (lambda x: {"k": x}, lambda h: h["k"]),
        (lambda x: {x: 1}, lambda h: next(iter(h))),
        (lambda x: [0, x], lambda h: h[1]),
        (lambda x: {x}, lambda h: next(iter(h))),
        (lambda x: [(x, 1)], lambda h: h[0][0]),
        (lambda x: {"t": ((x,), 2)}, lambda h: h["t"][0][0]),
        (lambda x: [((x,), x)], lambda h: same(*h[0][0], h[0][1])),
        (lambda x: [(x, (x, (0, (x,))))], lambda h: same(h[0][0], h[0][1][0], *h[0][1][1][1])),
        (lambda x: shared((x,), x), lambda h: same(h[0][0], *h[1][0], h[1][1], *h[2][1], *h[2][2][0])),
    ],
    ids=[
        *("value", "key", "list", "set", "tuple in a list", "tuple in a tuple"),
        *("tuple beside it", "tuples beside it", "one tuple in several"),
    ],
)
def test_containers_hold_the_new_object(hold: Any, look: Any) -> None:
    """Values, keys, items and members are replaced, and come back."""
    old, new = Thing(), Thing()
    holder = hold(old)
    journal = Journal()
    replace_references(journal, [(old, new)])
    assert look(holder) is new
    journal.undo()
    assert look(holder) is old


def test_attributes_cells_defaults_and_class_attributes_hold_the_new_object() -> None:
    """Instances, closures, functions and classes are holders too."""
    old, new = Thing(), Thing()
    instance, hold = Thing(), old

    def closure(default: object = old, *, keyword: object = old) -> tuple[object, ...]:
        return hold, default, keyword

    class Holder:
        attribute = old

    instance.x = old  # type: ignore[attr-defined]
    closure.stamped = old  # type: ignore[attr-defined]
    journal = Journal()
    replace_references(journal, [(old, new)])
    assert closure() == (new, new, new)
    assert (instance.x, Holder.attribute, closure.stamped) == (new, new, new)  # type: ignore[attr-defined]
    journal.undo()
    assert instance.x is Holder.attribute is closure.stamped is not new  # type: ignore[attr-defined]


def test_several_objects_are_replaced_in_one_pass() -> None:
    """Each pair goes its own way; order in a list stays."""
    pairs = [(Thing(), Thing()) for _ in range(3)]
    holder = [old for old, _ in pairs]
    replace_references(Journal(), pairs)
    assert all(found is new for found, (_, new) in zip(holder, pairs, strict=True))


def test_a_dictionary_keeps_its_order_when_a_key_is_replaced() -> None:
    """The new key stands where the old one stood."""
    old, new = Thing(), Thing()
    table: dict[object, int] = {"a": 1, old: 2, "b": 3}
    replace_references(Journal(), [(old, new)])
    assert list(table) == ["a", new, "b"]


def test_hostile_holders_are_passed_by() -> None:
    """A dict whose methods raise is read as a dict; objects that raise when compared are not compared."""

    class Hostile(dict[str, object]):
        def items(self) -> Any:
            raise RuntimeError("items")

        def __getitem__(self, key: str) -> object:
            raise RuntimeError("getitem")

        def __setitem__(self, key: str, value: object) -> None:
            raise RuntimeError("setitem")

    class Uncomparable:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("eq")

        def __hash__(self) -> int:
            return 1

    old, new = Thing(), Thing()
    hostile, listed = Hostile(a=old), [Uncomparable(), old]
    replace_references(Journal(), [(old, new)])
    assert dict.__getitem__(hostile, "a") is new
    assert listed[1] is new


def test_without_a_difference_nothing_is_looked_for() -> None:
    """A pair of one object leaves no entry."""
    thing = Thing()
    holder = [thing]
    journal = Journal()
    replace_references(journal, [(thing, thing)])
    assert len(journal) == 0
    assert holder == [thing]


@pytest.mark.parametrize("count", [1, 30])
def test_the_heap_is_looked_through_as_often_for_many_holders_as_for_one(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tuples and dictionaries of classes need a second look: one for all of them."""
    looks: list[int] = []

    def counted(targets: tuple[object, ...]) -> list[Any]:
        looks.append(len(targets))
        return heap.holders(targets)

    monkeypatch.setattr(references, "holders", counted)
    old, new = Thing(), Thing()
    tables = [{"one": (old, number)} for number in range(count)]
    classes = [type(f"Holder{number}", (), {"attribute": old}) for number in range(count)]
    journal = Journal()
    references.replace_references(journal, [(old, new)])
    assert all(table["one"][0] is new for table in tables)
    assert all(cls.attribute is new for cls in classes)  # type: ignore[attr-defined]
    assert len(looks) == 2
    journal.undo()
    assert all(cls.attribute is old for cls in classes)  # type: ignore[attr-defined]
    assert all(table["one"][0] is old for table in tables)
