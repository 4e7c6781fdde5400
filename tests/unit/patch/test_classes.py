"""A living class becomes its new self: identity, instances, and what others set on it stay."""

from __future__ import annotations

from typing import Any

from upward_asgi.appup import Settings

OLD = """
class Base:
    def who(self): return "base"
class Thing(Base):
    limit = 1
    kept = []
    def __secret(self): return "old"
    def f(self): return self.__secret()
    def gone(self): return 1
"""
NEW = """
class Base:
    def who(self): return "base"
class Thing(Base):
    limit = 2
    kept = []
    def __secret(self): return "new"
    def f(self): return self.__secret(), super().who()
    @property
    def added(self): return self.limit
"""


def test_instances_run_the_new_methods(releases: Any) -> None:
    """Changed, added and removed methods, `super()` and private names are right on what was made before."""
    live = releases.load(OLD)
    thing, cls = live.module.Thing(), live.module.Thing
    bound = thing.f
    cls.kept.append(1)
    cls.outside = "set at run time"
    live.patch(NEW)
    assert live.module.Thing is cls
    assert thing.f() == bound() == ("new", "base")
    assert (thing.added, cls.kept, cls.outside) == (2, [1], "set at run time")
    assert not hasattr(thing, "gone")


def test_undo_brings_the_class_back_exactly(releases: Any) -> None:
    """Names, order and objects of the class dictionary are those of before."""
    live = releases.load(OLD)
    cls = live.module.Thing
    before = {name: value for name, value in cls.__dict__.items() if name != "__annotations__"}
    codes = {name: value.__code__ for name, value in before.items() if hasattr(value, "__code__")}
    live.patch(NEW).undo()
    after = {name: value for name, value in cls.__dict__.items() if name != "__annotations__"}
    assert after == before
    assert {name: value.__code__ for name, value in after.items() if hasattr(value, "__code__")} == codes


def test_the_metaclass_does_not_run_for_a_changed_method(releases: Any) -> None:
    """Making the class again would register it twice."""
    source = (
        "MADE = []\n"
        "class Meta(type):\n"
        "    def __init__(cls, *a):\n        super().__init__(*a)\n        MADE.append(cls.__name__)\n"
        "class Thing(metaclass=Meta):\n    def f(self): return 1\n"
    )
    live = releases.load(source)
    live.patch(source.replace("return 1", "return 2"))
    assert live.module.MADE == ["Thing"]
    assert live.module.Thing().f() == 2


def test_a_new_base_reaches_instances(releases: Any) -> None:
    """A class that gains a base keeps its instances, and they have the base's methods."""
    source = "class Extra:\n    def more(self): return 'more'\nclass Thing:\n    def f(self): return 1\n"
    live = releases.load(source)
    thing = live.module.Thing()
    live.patch(source.replace("class Thing:", "class Thing(Extra):"))
    assert thing.more() == "more"
    assert isinstance(thing, live.module.Thing)


def test_descriptors_get_their_name(releases: Any) -> None:
    """`__set_name__` runs for an added attribute, as making the class would have it."""
    source = (
        "class Field:\n    def __set_name__(self, owner, name): self.at = (owner.__name__, name)\n"
        "class Thing:\n    a = Field()\n"
    )
    live = releases.load(source)
    a = live.module.Thing.a
    live.patch(source + "    b = Field()\n")
    assert live.module.Thing.a is a
    assert live.module.Thing.b.at == ("Thing", "b")


def test_annotations_are_merged(releases: Any) -> None:
    """The class's annotations are those of the new body."""
    live = releases.load("class Thing:\n    a: int = 1\n    b: int = 2\n")
    live.patch("class Thing:\n    a: str = 1\n    c: int = 3\n")
    assert live.module.Thing.__annotations__ == {"a": str, "c": int}
    assert (live.module.Thing.c, hasattr(live.module.Thing, "b")) == (3, False)


MADE_TWICE = """
import dataclasses
class Base:
    def __init_subclass__(cls, **options):
        cls.only = cls()
@dataclasses.dataclass
class Thing(Base):
    x: int = 1
    def f(self): return type(self)
"""


def test_nothing_is_left_of_a_class_that_was_made_again(releases: Any) -> None:
    """Instances that its making made are the living class's, and bases list the living class once."""
    live = releases.load(MADE_TWICE)
    cls = live.module.Thing
    patch = live.patch(MADE_TWICE.replace("x: int = 1", "x: int = 2"))
    assert type.__subclasses__(live.module.Base) == [cls]
    assert type(cls.only) is cls.only.f() is cls
    patch.undo()
    assert type.__subclasses__(live.module.Base) == [cls]
    assert cls.x == 1


def test_a_marker_keeps_an_attribute_of_a_class(releases: Any) -> None:
    """The object that the class holds stays although its statement changed; the rest of the class is new."""
    live = releases.load("class Thing:\n    pool = dict(size=1)\n    def f(self): return 1\n")
    held = live.module.Thing.pool
    new = "class Thing:\n    pool = dict(size=2)\n    def f(self): return 2\n"
    settings = Settings(keep=(f"{live.name}:Thing.pool",))
    live.patch(new, settings).undo()
    patch = live.patch(new, settings)
    assert live.module.Thing.pool is held
    assert live.module.Thing().f() == 2
    patch.undo()
    live.patch(new, Settings(rebuild=(f"{live.name}:Thing.pool",)))
    assert live.module.Thing.pool == {"size": 2}


def test_a_replaced_class_hands_on_what_came_from_outside(releases: Any) -> None:
    """Counters that run time changed and attributes that others set live on in the class in its place."""
    source = "class Thing:\n    count = 0\n    made = []\n    text = 'a'\n    def f(self): return 1\n"
    live = releases.load(source)
    live.module.Thing.count, live.module.Thing.default = 5, "outside"
    made = live.module.Thing.made
    live.patch("import abc\n" + source.replace("class Thing", "class Thing(abc.ABC)").replace("'a'", "'b'"))
    cls = live.module.Thing
    assert (cls.count, cls.default, cls.text) == (5, "outside", "b")
    assert cls.made is made
