"""Attributes that decorators of other definitions write on a class: a marker asks for these definitions."""

from __future__ import annotations

from upward_asgi.appup import Settings

from .conftest import Releases

SOURCE = """
RUNS = []
class Operations:
    if False:
        def add(self): ...
    @classmethod
    def register(cls, name):
        def decorate(made):
            RUNS.append(made.__name__)
            taken = ", ".join(made.make.__code__.co_varnames)
            setattr(cls, name, eval(f"lambda {taken}: made.make({taken})", {"made": made}))
            return made
        return decorate
    def own(self): return 1
@Operations.register("add")
class Add:
    def make(x): return x
@Operations.register("drop")
class Drop:
    def make(x): return -x
def free(x): return 1
"""


def test_the_changed_definition_writes_again(releases: Releases) -> None:
    """It is made anew as a whole; what did not change, or writes on nothing, is not."""
    live = releases.load(SOURCE)
    module, add = live.module, live.module.Add
    settings = Settings(rebuild=(f"{live.name}:Operations.add",))
    patch = live.patch(SOURCE.replace("make(x): return x", "make(x, y): return x + y"), settings)
    assert module.Operations.add(1, 2) == 3 and module.Operations.drop(1) == -1
    assert module.RUNS == ["Add", "Drop", "Add"] and module.Add is add
    patch.undo()
    assert module.Operations.add(1) == 1 and module.RUNS == ["Add", "Drop"]


def test_an_attribute_of_the_body_is_made_by_the_body(releases: Releases) -> None:
    """Then the marker asks for nobody's decorators."""
    live = releases.load(SOURCE)
    settings = Settings(rebuild=(f"{live.name}:Operations.own",))
    live.patch(SOURCE.replace("make(x): return x", "make(x): return x + 1"), settings)
    assert live.module.RUNS == ["Add", "Drop"] and live.module.Operations.add(1) == 2
