"""Looking for holders near the modules, and telling what that would have missed."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import upward_asgi.patch
from upward_asgi.patch import Reach
from upward_asgi.patch.heap import Heap, holders, referrers
from upward_asgi.patch.living import LivingFunctions
from upward_asgi.patch.near import near_objects

from .conftest import Releases


class Thing:
    """Something that is held."""


@pytest.fixture(autouse=True)
def nothing_stays_frozen() -> Iterator[None]:
    """Whatever happens in a look, the collector sees everything afterwards."""
    yield
    assert gc.get_freeze_count() < 5000  # Python 3.12 itself freezes some hundred, which never die


def held_by(found: list[Any], *holders: object) -> list[bool]:
    return [any(one is holder for one in found) for holder in holders]


def test_nobody_in_the_patch_room_asks_the_collector_itself() -> None:
    """While a look is near, the collector does not show what is older than the patch."""
    folder = Path(upward_asgi.patch.__file__).parent
    asked = [p.name for p in folder.rglob("*.py") if re.search(r"gc\.get_referrers\(", p.read_text())]
    assert asked == ["heap.py"]


def test_the_whole_heap() -> None:
    """Without anything else said, every holder is found."""
    thing, old = Thing(), [Thing()]
    old.append(thing)
    assert held_by(holders((thing,)), old) == [True]


def test_near_a_new_object() -> None:
    """What is new, and the containers named, are looked at; what is older is not."""
    table: dict[str, object] = {}
    far: list[object] = []
    heap = Heap(Reach.NEAR, [table])
    with heap.looking():
        thing = Thing()
        new = [thing]
        table["thing"] = thing
        far.append(thing)
        assert held_by(holders((thing,)), new, table, far) == [True, True, False]


def test_near_keys_count_too() -> None:
    """A table may be keyed by what a patch replaces."""
    table: dict[object, str] = {}
    with Heap(Reach.NEAR, [table]).looking():
        thing = Thing()
        table[thing] = "thing"
        assert held_by(holders((thing,)), table) == [True]


@pytest.mark.parametrize("ask", [holders, referrers])
def test_near_an_old_object(ask: Any) -> None:
    """Whoever asks for the holders of something old gets all of them, and so does everybody after that."""
    thing = Thing()
    far: list[object] = [thing]
    with Heap(Reach.NEAR).looking():
        assert held_by(ask((thing,)), far) == [True]
        new = Thing()
        far.append(new)
        assert held_by(holders((new,)), far) == [True]


def test_comparing_finds_all_and_tells_what_a_near_look_would_miss() -> None:
    """The rehearsal gets every holder, and the names of those that a near look does not see."""
    table: dict[str, object] = {}
    far: dict[str, object] = {"old": []}  # an empty one is not the collector's yet, so it counts as new
    heap = Heap(Reach.COMPARED, [table])
    with heap.looking():
        thing = Thing()
        new = [thing]
        table["thing"] = thing
        assert held_by(holders((thing,)), new, table) == [True, True]
        assert heap.missed == []
        far["the thing"] = thing
        assert held_by(holders((thing,)), new, table, far) == [True, True, True]
        assert heap.missed == ["a dict with old, the thing"]


def make_module() -> ModuleType:
    module = ModuleType("shop")
    source = """
import functools
def plain(): pass
def decorate(f):
    @functools.wraps(f)
    def wrapper(*a): return f(*a)
    return wrapper
@decorate
def wrapped(): pass
class Basket:
    def add(self): pass
TABLE = {"deep": [{"deeper": lambda: None}]}
@functools.lru_cache
def cached(): pass
def make():
    def inner(): pass
    return inner
"""
    exec(source, module.__dict__)
    return module


def test_near_objects_are_reached_from_the_modules() -> None:
    """Functions, methods, what lies under wrappers and in tables; not what nothing of the module holds."""
    module = make_module()
    inner = module.__dict__["make"]()
    found = {id(one) for one in near_objects([module.__dict__])}
    names = module.__dict__
    near = [
        names["plain"],
        names["wrapped"].__wrapped__,
        names["Basket"].add,
        names["TABLE"]["deep"][0]["deeper"],
    ]
    assert [id(one) in found for one in near] == [True] * 4
    assert id(inner) not in found
    assert len(found) < 2_000


def test_living_functions_near_and_whole() -> None:
    """The near look misses a closure that only a session holds, and says so when it is compared."""
    module = make_module()
    spaces = [module.__dict__]
    assert LivingFunctions.near(spaces).missing(LivingFunctions.scan(spaces)) == []
    held_by_a_session = module.__dict__["make"]()
    near = LivingFunctions.near(spaces)
    assert near.missing(LivingFunctions.scan(spaces)) == ["shop:make.<locals>.inner"]
    near.clear()
    assert list(near.all()) == [] and held_by_a_session


def test_what_is_born_after_the_look_is_found() -> None:
    """It is in the younger generations; once these were collected into the oldest, all is looked at anew."""
    module = make_module()
    spaces = [module.__dict__]
    for collect in (lambda: None, lambda: gc.collect(1), gc.collect):
        near = LivingFunctions.near(spaces)
        born = module.__dict__["make"]()
        collect()
        found = near.catch_up(spaces)
        assert any(one is born for one in found.all())
    assert isinstance(found.by_module, defaultdict)


def test_the_step_of_a_patch_misses_nothing_of_its_own(releases: Releases) -> None:
    """A class that is taken over is held by the patch's own lists, which the near look must know as new."""
    old = "from dataclasses import dataclass\n@dataclass\nclass Count:\n    n: int = 0\n"
    prepared = releases.load(old).prepare(f"{old}    label: str = 'none'\n")
    prepared.look_near()
    prepared.reach = Reach.COMPARED
    assert prepared.apply().report.missed == ()


class Kind:
    """One of several classes whose instances are asked for."""


class Other(Kind):
    """Below it."""


def test_one_pass_for_the_instances_of_all_expected_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first question finds those of every expected class; those born since are found as well."""
    passes = []
    monkeypatch.setattr("upward_asgi.patch.heap._referrers", lambda targets: passes.append(targets) or ALL)
    ALL = [Kind(), Other(), Thing()]
    heap = Heap(Reach.WHOLE)
    heap.expect([Other])
    with heap.looking():
        assert ALL[0] in heap.instances({Kind}) and ALL[1] in heap.instances({Other})
        born = Other()
        assert born in heap.instances({Other}) and len(passes) == 1
        assert ALL[2] in heap.instances({Thing}) and len(passes) == 2


def test_garbage_is_no_instance_after_a_collection() -> None:
    """What a question before has found does not keep garbage alive."""
    kind, heap = type("Short", (), {}), Heap(Reach.WHOLE)
    with heap.looking():
        item = kind()
        item.me = item
        assert len(heap.instances({kind})) == 1
        del item
        heap.forget_instances()
        gc.collect()
        assert heap.instances({kind}) == []
