"""Tables that take nothing twice, and definitions in them that a patch makes anew."""

from __future__ import annotations

from typing import Any

import pytest

from upward_asgi.errors import PatchFailed

from .conftest import Live, Releases

REGISTRY = """
class Registry:
    def __init__(self):
        self.entries = {}
    def takes(self, key, of=None):
        def decorate(made):
            assert key not in self.entries, f"{key} twice"
            self.entries[key] = made if of is None else getattr(made, of)
            return made
        return decorate
REGISTRY = Registry()
class A: pass
class B: pass
"""
OLD = f"""{REGISTRY}
@REGISTRY.takes("first")
def first(): return 1
@REGISTRY.takes("bound", of="make")
@REGISTRY.takes("class")
class C(A):
    @classmethod
    def make(cls): return (cls, 1)
@REGISTRY.takes("function")
def function(): return 1
REGISTRY.takes("alias")(C)
"""
NEW = OLD.replace("C(A)", "C(B)").replace('"function")', '"function")\n@(lambda f: f)').replace("1", "2")


def entries(live: Live) -> dict[str, Any]:
    """What the registry has."""
    found: dict[str, Any] = live.module.REGISTRY.entries
    return found


def holds(live: Live, value: int) -> bool:
    """True when every entry is the living definition, in the order of the first start."""
    found, module = entries(live), live.module
    assert list(found) == ["first", "class", "bound", "function", "alias"]
    assert found["class"] is found["alias"] is module.C
    assert found["first"] is module.first and found["function"] is module.function
    assert found["bound"]() == module.C.make() == (module.C, value)
    return bool(module.function() == module.first() == value)


@pytest.mark.parametrize("settled", [False, True], ids=["at once", "when others have run"])
def test_entries_are_made_again_and_come_back(releases: Releases, settled: bool) -> None:
    """The registry has the living definitions after the patch and after the undo, also after a late one."""
    live = releases.load(OLD)
    before = dict(entries(live))
    patch = live.patch(NEW)
    assert holds(live, 2)
    if settled:
        patch.settle()
    patch.undo()
    assert holds(live, 1)
    assert all(entries(live)[key] is before[key] for key in before)


def test_what_others_put_in_meanwhile_stays_after_a_late_undo(releases: Releases) -> None:
    """The table was the same after the patch, so an undo leaves alone what came to it since."""
    live = releases.load(OLD.replace('@REGISTRY.takes("bound", of="make")\n', ""))
    patch = live.patch(NEW.replace('@REGISTRY.takes("bound", of="make")\n', ""))
    patch.settle()
    entries(live)["plugged"] = plugged = object()
    patch.undo()
    assert entries(live)["plugged"] is plugged and entries(live)["class"] is live.module.C


def test_another_definition_still_keeps_its_key(releases: Releases) -> None:
    """Only a definition's own entries make room: two of one key are refused, and all is as before."""
    live = releases.load(OLD)
    with pytest.raises(PatchFailed, match="first twice"):
        live.patch(NEW.replace('"function")', '"first")'))
    assert holds(live, 1)


def test_a_method_that_is_decorated_again_makes_room_too(releases: Releases) -> None:
    """In the body of a class the same holds as outside of it."""
    source = f"""{REGISTRY}
class Service:
    @REGISTRY.takes("run")
    def run(self): return 1
"""
    live = releases.load(source)
    patch = live.patch(source.replace('"run")', '"run")\n    @(lambda f: f)').replace("1", "2"))
    assert entries(live) == {"run": live.module.Service.run} and live.module.Service().run() == 2
    patch.undo()
    assert entries(live) == {"run": live.module.Service.run} and live.module.Service().run() == 1


PLUGINS = """
PLUGINS, KINDS, NAMED = [], set(), {}
def plugin(made):
    assert not any(one.__name__ == made.__name__ for one in (*PLUGINS, *KINDS, *NAMED)), made
    PLUGINS.append(made)
    KINDS.add(made)
    NAMED[made] = made.__name__
    return made
class A: pass
class B: pass
@plugin
class First(A): pass
@plugin
def second(): return 1
@plugin
class Third(A): pass
"""


def test_lists_sets_and_keys_make_room_as_well(releases: Releases) -> None:
    """What is registered by itself comes to where it was; what the service registered stays."""
    live = releases.load(PLUGINS)
    module = live.module
    plugged = type("Plugged", (), {})
    module.PLUGINS.insert(1, plugged)

    def holds() -> bool:
        own = [module.First, module.second, module.Third]
        in_order = [module.First, plugged, module.second, module.Third] == module.PLUGINS
        return in_order and set(own) == module.KINDS and own == list(module.NAMED)

    decorated = "@(lambda f: f)\ndef second"
    patch = live.patch(PLUGINS.replace("(A)", "(B)").replace("def second", decorated))
    assert holds() and module.First.__base__ is module.Third.__base__ is module.B
    patch.undo()
    assert holds() and module.First.__base__ is module.Third.__base__ is module.A


def test_a_list_that_is_kept_sorted_stays_so(releases: Releases) -> None:
    """Where the registry decides about the place, the definition comes to where it says."""
    source = """
ORDER = []
def ranked(made):
    assert made.__name__ not in [one.__name__ for one in ORDER]
    ORDER.append(made)
    ORDER.sort(key=lambda one: one.rank)
    return made
class A: rank = 1
class B: rank = 7
@ranked
class One(A): pass
@ranked
class Two(A):
    rank = 5
@ranked
class Three(A):
    rank = 9
"""
    live = releases.load(source)
    patch = live.patch(source.replace("One(A)", "One(B)"))
    assert [one.__name__ for one in live.module.ORDER] == ["Two", "One", "Three"]
    patch.undo()
    assert [one.__name__ for one in live.module.ORDER] == ["One", "Two", "Three"]


def test_an_entry_made_round_a_definition_makes_room(releases: Releases) -> None:
    """A table may keep a pair, or an object of the release's own, with the function in it."""
    source = """
TASKS, PAIRS = {}, {}
class Task:
    def __init__(self, run): self.run = run
def task(name):
    def decorate(made):
        assert name not in TASKS and name not in PAIRS
        TASKS[name], PAIRS[name] = Task(made), (made, name)
        return made
    return decorate
@task("work")
def work(): return 1
@task("rest")
def rest(): return 0
"""
    live = releases.load(source)
    module, before = live.module, dict(live.module.TASKS)
    patch = live.patch(source.replace('"work")', '"work")\n@(lambda f: f)').replace("return 1", "return 2"))
    assert list(module.TASKS) == list(module.PAIRS) == ["work", "rest"]
    assert module.TASKS["work"].run is module.PAIRS["work"][0] is module.work and module.work() == 2
    assert module.TASKS["rest"] is before["rest"]
    patch.undo()
    assert before == module.TASKS and module.TASKS["work"].run is module.work and module.work() == 1


def test_a_neighbour_in_the_list_stays(releases: Releases) -> None:
    """What a decorator holds besides is no part of the definition."""
    source = """
ALL = []
def listed(made):
    ALL.append(made)
    return made
@listed
def helper(): return 0
def helped(made):
    def wrapper(): return made() + helper_()
    helper_ = helper
    return wrapper
@listed
@helped
def work(): return 1
@listed
def last(): return 1
"""
    live = releases.load(source)
    patch = live.patch(source.replace("@helped", "@helped\n@(lambda f: f)").replace("return 1", "return 2"))
    assert [live.module.helper, live.module.work, live.module.last] == live.module.ALL
    assert live.module.work() == 2
    patch.undo()
    assert [live.module.helper, live.module.work, live.module.last] == live.module.ALL
    assert live.module.work() == 1
