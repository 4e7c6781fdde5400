"""New fields with a default are filled in on a living state, whatever made its class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import attrs
import pydantic
import pytest

from upward_asgi.errors import CodeChangeError
from upward_asgi.sessions.defaults import Defaults


@dataclass
class OldData:
    a: int = 1


@dataclass(frozen=True)
class NewData:
    a: int = 1
    b: str = "b"
    c: list[int] = field(default_factory=list)


@dataclass(slots=True)
class SlottedData:
    a: int = 1
    b: str = "b"


@attrs.define(slots=False)
class NewAttrs:
    a: int = 1
    b: str = "b"
    c: Any = attrs.field(factory=list)
    d: int = attrs.field(default=attrs.Factory(lambda self: self.a + 1, takes_self=True))


class NewModel(pydantic.BaseModel):
    a: int = 1
    b: str = "b"
    c: list[int] = pydantic.Field(default_factory=list)


class Plain:
    a = 1


def as_old(kind: type, **attributes: object) -> Any:
    """An object as it is after its class was patched: with the attributes that it had before."""
    made = kind.__new__(kind)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made


@pytest.mark.parametrize(
    ("kind", "filled"),
    [(NewData, ("b", "c")), (NewAttrs, ("b", "c", "d")), (NewModel, ("b", "c")), (SlottedData, ("b",))],
)
def test_missing_fields_get_their_defaults(kind: type, filled: tuple[str, ...]) -> None:
    """Each missing field gets its default, made anew by its factory; what is there stays."""
    one, other = as_old(kind, a=5), as_old(kind, a=5)
    assert Defaults().fill(one) == Defaults().fill(other) == filled
    assert (one.a, one.b) == (5, "b")
    if "c" in filled:
        assert one.c == [] and one.c is not other.c
    if "d" in filled:
        assert one.d == 6
    assert Defaults().fill(one) == ()


def test_states_of_other_types_are_left_alone() -> None:
    """A plain object and a dict say nothing of their fields."""
    assert Defaults().fill(as_old(Plain)) == () and Defaults().fill({"a": 1}) == ()


def test_field_without_default() -> None:
    """A new field without a default needs a code_change; nothing is filled in."""
    new = dataclass(type("State", (), {"__annotations__": {"a": int, "b": str, "c": int}, "c": 3}))
    state = as_old(new, a=1)
    with pytest.raises(CodeChangeError, match=r"new field b of State.*@code_change\(State\)"):
        Defaults().fill(state)
    assert vars(state) == {"a": 1}
