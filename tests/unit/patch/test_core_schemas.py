"""pydantic's core schemas: two that validate the same have one form, others have not."""

from __future__ import annotations

from typing import Any

import pytest

from upward_asgi.patch.core_schemas import canonical

TEXT = {"type": "str"}


def model(name: str, number: int, **fields: object) -> dict[str, object]:
    return {"type": "model", "ref": f"{name}:{number}", "schema": {"type": "model-fields", "fields": fields}}


def reference(name: str, number: int, **more: object) -> dict[str, object]:
    return {"type": "definition-ref", "schema_ref": f"{name}:{number}", **more}


def within(schema: object, *definitions: object) -> dict[str, object]:
    return {"type": "definitions", "schema": schema, "definitions": list(definitions)}


def test_in_place_or_referred_to() -> None:
    """A model in a field may be written out there or among the definitions; addresses do not count."""
    inline = model("User", 1, post=model("Post", 2, text=TEXT))
    referred = within(model("User", 7, post=reference("Post", 8)), model("Post", 8, text=TEXT))
    assert canonical(inline) == canonical(referred)


def test_recursion_from_either_side() -> None:
    """Models that hold each other, whichever of them was built first."""
    one = within(model("User", 1, post=reference("Post", 2)), model("Post", 2, user=reference("User", 1)))
    other = within(reference("User", 1), model("User", 1, post=model("Post", 2, user=reference("User", 1))))
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    "changed",
    [
        model("User", 1, post=model("Post", 2, text={"type": "int"})),
        model("User", 1, post=model("Post", 2, text=TEXT, more=TEXT)),
        model("User", 1, post={**model("Post", 2, text=TEXT), "config": {"strict": True}}),
        within(model("User", 1, post=reference("Post", 2, serialization=TEXT)), model("Post", 2, text=TEXT)),
        within(model("User", 1, post=reference("Post", 3)), model("Post", 2, text=TEXT)),
    ],
)
def test_what_differs_stays_different(changed: dict[str, Any]) -> None:
    """Another type, field, setting, serialization, or a reference to nothing."""
    assert canonical(changed) != canonical(model("User", 1, post=model("Post", 2, text=TEXT)))


def test_two_models_are_not_one() -> None:
    """The second mention says which model it means."""
    post, note = model("Post", 1, text=TEXT), model("Note", 2, text=TEXT)
    same = within(model("User", 3, a=reference("Post", 1), b=reference("Post", 1)), post, note)
    mixed = within(model("User", 3, a=reference("Post", 1), b=reference("Note", 2)), post, note)
    assert canonical(same) != canonical(mixed)


def test_what_is_no_table_is_left_alone() -> None:
    """A model that is not complete has a stand-in instead of a schema."""
    assert canonical(None) is None
    assert canonical({"origin": None, "args": (), "parameters": ()}) == {
        "origin": None,
        "args": [],
        "parameters": [],
    }
