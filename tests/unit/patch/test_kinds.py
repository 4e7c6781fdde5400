"""One rule per kind of class: dataclasses, enums, named tuples, typed dicts, abstract classes."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import pytest

from upward_asgi.errors import NotHot, PatchFailed
from upward_asgi.patch.kinds import kind_of

REFUSED = (NotHot, PatchFailed)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("class C: ...", "_Plain"),
        ("import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = 1", "_DataClass"),
        ("import enum\nclass C(enum.Enum):\n    A = 1", "_Enum"),
        ("import typing\nclass C(typing.NamedTuple):\n    x: int", "_NamedTuple"),
        ("import typing\nclass C(typing.TypedDict):\n    x: int", "_TypedDict"),
        ("import attrs\n@attrs.define\nclass C:\n    x: int = 1", "_AttrsClass"),
        ("import pydantic\nclass C(pydantic.BaseModel):\n    x: int = 1", "_Model"),
    ],
    ids=lambda value: value if value.startswith("_") else "",
)
def test_a_class_is_of_one_kind(source: str, kind: str) -> None:
    """The kind is found by what the class is made of."""
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(source, namespace)
    assert type(kind_of(namespace["C"])).__name__ == kind


def test_a_dataclass_that_merely_inherits_fields_is_plain() -> None:
    """Nothing was generated for a subclass without the decorator."""

    @dataclasses.dataclass
    class Base:
        x: int = 1

    class Sub(Base): ...

    assert kind_of(Sub) is not kind_of(Base)


ENUM = "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\n"


def test_enum_members_keep_their_identity(releases: Any) -> None:
    """Values, lookups and new members are the new ones; what was held is still the member."""
    live = releases.load(ENUM)
    enum, a = live.module.E, live.module.E.A
    patch = live.patch(ENUM.replace("A = 1", "A = 10") + "    C = 3\n")
    assert enum is live.module.E
    assert a is enum.A is enum(10)
    assert list(enum) == [enum.A, enum.B, enum.C]
    patch.undo()
    assert (a.value, enum(1), [m.name for m in enum]) == (1, a, ["A", "B"])
    with pytest.raises(ValueError, match="10"):
        enum(10)


def test_an_enum_member_in_use_is_not_removed(releases: Any) -> None:
    """Somebody holds the member: the patch is refused, and the enum is whole."""
    live = releases.load(ENUM)
    held = {"e": live.module.E.B}
    with pytest.raises(REFUSED, match="in use"):
        live.patch("import enum\nclass E(enum.Enum):\n    A = 1\n")
    assert held["e"] is live.module.E(2)


FLAG = "import enum\nclass R(enum.Flag):\n    A = 1\n    B = 2\n    C = 4\n"


@pytest.mark.parametrize("edit", [("    C = 4\n", ""), ("C = 4", "C = 8")])
def test_a_combination_of_flags_that_would_mean_something_else_is_not_kept(
    releases: Any, edit: tuple[str, str]
) -> None:
    """It is refused while one is held; then the patch forgets it, and others stay the same objects."""
    live = releases.load(FLAG)
    kept, held = live.module.R.A | live.module.R.B, [live.module.R.A | live.module.R.C]
    with pytest.raises(REFUSED, match=r"A\|C is in use|C\|A is in use"):
        live.patch(FLAG.replace(*edit))
    assert held[0] is live.module.R(5)
    held.clear()
    live.patch(FLAG.replace(*edit))
    assert live.module.R(3) is kept
    with pytest.raises(ValueError, match="5"):
        live.module.R(5)


def test_a_dataclass_gains_fields(releases: Any) -> None:
    """Live instances get the defaults, each its own."""
    source = "import dataclasses\n@dataclasses.dataclass\nclass D:\n    x: int\n"
    live = releases.load(source)
    one, two = live.module.D(1), live.module.D(2)
    live.patch(source + "    y: int = 5\n    z: list = dataclasses.field(default_factory=list)\n")
    assert one == live.module.D(1, 5, [])
    assert repr(two) == "D(x=2, y=5, z=[])"
    assert one.z is not two.z


def test_a_class_inside_a_class_that_is_made_again_lives_on(releases: Any) -> None:
    """Its members and instances are those that somebody holds."""
    source = (
        "import dataclasses, enum\n@dataclasses.dataclass\nclass D:\n    x: int = 1\n"
        "    class Kind(enum.Enum):\n        A = 1\n    class Part:\n        def f(self): return 1\n"
    )
    live = releases.load(source)
    a, part = live.module.D.Kind.A, live.module.D.Part()
    patch = live.patch(
        source.replace("A = 1", "A = 1; B = 2").replace("return 1", "return 2").replace("int = 1", "int = 3")
    )
    assert live.module.D.Kind.A is a and live.module.D.Kind.B.value == 2
    assert type(part) is live.module.D.Part and part.f() == 2 and live.module.D().x == 3
    patch.undo()
    assert list(live.module.D.Kind) == [a] and part.f() == 1


def test_a_dataclass_field_without_default_is_refused_while_instances_live(releases: Any) -> None:
    """Nobody knows the value that a live instance would have."""
    source = "import dataclasses\n@dataclasses.dataclass\nclass D:\n    x: int\n"
    live = releases.load(source)
    one = live.module.D(1)
    with pytest.raises(REFUSED):
        live.patch(source + "    y: int\n")
    assert one == live.module.D(1)


POINT = "import typing\nclass P(typing.NamedTuple):\n    x: object\n    y: object = 1\n"


def test_named_tuples_follow_where_all_who_hold_one_can(releases: Any) -> None:
    """Values go by name: one that came has its default, one that is gone is dropped."""
    live = releases.load(POINT)
    box = [live.module.P([]), (live.module.P(2, 3),)]
    patch = live.patch("import typing\nclass P(typing.NamedTuple):\n    z: int = 5\n    x: object = 0\n")
    assert box == [(5, []), ((5, 2),)]
    assert (box[0].z, box[1][0].x) == (5, 2)
    patch.undo()
    assert box == [([], 1), ((2, 3),)]


def test_named_tuples_are_refused_while_a_running_function_holds_one(releases: Any) -> None:
    """The collector shows no locals of what runs: the reference that nobody accounts for tells."""
    live = releases.load(POINT)
    held = live.module.P([])
    with pytest.raises(NotHot, match="a function that is running"):
        live.patch(POINT + "    z: int = 1\n")
    assert held == ([], 1)


def test_named_tuples_are_refused_while_a_suspended_function_holds_one(releases: Any) -> None:
    """Also in a tuple: a generator would go on with what it has."""
    live = releases.load(POINT + "def g():\n    pair = (P(1), 2)\n    yield\n    yield pair\n")
    waiting = live.module.g()
    next(waiting)
    with pytest.raises(NotHot, match="generator"):
        live.patch(POINT + "    z: int = 1\n")
    assert next(waiting) == ((1, 1), 2)


@pytest.mark.parametrize("field", ["z: int", "x: object\n    z: int"])
def test_named_tuples_need_a_default_for_a_field_that_came(releases: Any, field: str) -> None:
    """A new name is a new field, at whatever position; without a tuple the class changes."""
    live = releases.load("import typing\nclass P(typing.NamedTuple):\n    x: object\n")
    source = f"import typing\nclass P(typing.NamedTuple):\n    {field}\n"
    box = [live.module.P(1)]
    with pytest.raises(NotHot, match="no value for z"):
        live.patch(source)
    box.clear()
    live.patch(source)
    assert live.module.P._fields[-1] == "z"


def test_typed_dicts_have_the_new_keys(releases: Any) -> None:
    """Annotations, required and optional keys are those of the new text."""
    source = "from typing import TypedDict\nclass T(TypedDict):\n    a: int\n"
    live = releases.load(source)
    cls = live.module.T
    live.patch(source.replace("TypedDict)", "TypedDict, total=False)") + "    b: str\n")
    assert typing.get_type_hints(live.module.T) == {"a": int, "b": str}
    assert live.module.T.__optional_keys__ == {"a", "b"}
    assert cls.__name__ == "T"


def test_abstract_methods_are_worked_out_again(releases: Any) -> None:
    """A method that is no longer abstract lets the class be made; registrations stay."""
    source = (
        "import abc\nclass A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): return 1\nA.register(int)\n"
    )
    live = releases.load(source)
    with pytest.raises(TypeError):
        live.module.A()
    patch = live.patch(source.replace("    @abc.abstractmethod\n", ""))
    assert live.module.A().f() == 1
    assert isinstance(1, live.module.A)
    patch.undo()
    with pytest.raises(TypeError):
        live.module.A()
