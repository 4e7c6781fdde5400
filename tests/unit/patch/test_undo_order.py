"""An undo brings back the order of things too: names, attributes, annotations, members, modules."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

from .conftest import Releases

OLD = """
import abc, dataclasses, enum
a: int = 1
b: str = "b"
c: int = 2
class Plain:
    x: int = 1
    y: int
    z: int = 3
    def f(self, p: int, q: str) -> int: return 1
    def g(self): return 1
@dataclasses.dataclass
class Data:
    one: int = 1
    two: int = 2
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Perm(enum.Flag):
    R = 1
    W = 2
class Base(abc.ABC):
    @abc.abstractmethod
    def m(self): ...
    @abc.abstractmethod
    def n(self): ...
TABLE = {"a": 1, "b": 2}
def work(p: int, q: str) -> int: return 1
work.one = 1
work.two = 2
"""

NEW = """
import abc, dataclasses, enum
b: str = "bb"
d: int = 2
a: int = 1
class Plain:
    z: int = 3
    n: int = 4
    def g(self): return 2
    x: int = 1
    def f(self, q: str, p: int = 2) -> int: return self.x
@dataclasses.dataclass
class Data:
    two: int = 2
    three: int = 3
    one: int = 1
class Color(enum.Enum):
    GREEN = 3
    BLUE = 2
    RED = 1
class Perm(enum.Flag):
    X = 4
    W = 2
    R = 1
class Base(abc.ABC):
    @abc.abstractmethod
    def n(self): ...
    def m(self): ...
TABLE = {"b": 2, "c": 3, "a": 1}
work_too = 1
def work(q: str, p: int = 1) -> int: return 2
work.two = 2
work.one = 1
"""


def _ordered(value: Any, depth: int = 0) -> Any:
    """Everything of a module in words, in order, with the identity of what is not a container."""
    if depth > 6:
        return id(value)
    if type(value) is dict:
        return [(name, _ordered(item, depth + 1)) for name, item in value.items() if name != "__builtins__"]
    if isinstance(value, type) and value.__module__.startswith("live_"):
        skipped = ("__dict__", "__weakref__", "_abc_impl")
        return [(n, _ordered(v, depth + 1)) for n, v in vars(value).items() if n not in skipped]
    if isinstance(value, FunctionType):
        parts = (value.__annotations__, value.__dict__, value.__kwdefaults__ or {})
        return (id(value), value.__code__, value.__defaults__, [list(part.items()) for part in parts])
    return id(value)


def test_everything_stands_where_it_stood(releases: Releases) -> None:
    """Namespaces, class attributes, annotations, enum tables and `sys.modules`, element by element."""
    live = releases.load(OLD)
    before, modules = _ordered(vars(live.module)), list(sys.modules)
    patch = live.patch(NEW)
    assert live.module.work("q") == 2
    patch.undo()
    assert _ordered(vars(live.module)) == before
    assert list(sys.modules) == modules


def test_undo_reaches_a_structure_of_ctypes(releases: Releases) -> None:
    """Its class keeps its attributes in a dictionary of another kind."""
    fields = "_fields_ = [('a', ctypes.c_int)]"
    source = f"import ctypes\nclass S(ctypes.Structure):\n    {fields}\n    def f(self): return 1\nX = 1\n"
    live = releases.load(source)
    names = list(live.module.S.__dict__)
    patch = live.patch(source.replace("return 1", "return 2").replace("X = 1", "X = 2"))
    assert live.module.S(3).f() == 2
    patch.undo()
    assert live.module.S(3).f() == 1
    assert list(live.module.S.__dict__) == names
