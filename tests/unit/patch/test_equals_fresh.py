"""A patched module is described like a freshly imported one, both ways, and an undo like what was before.

Without the proof's help: what it would find and have made anew must be right at once here.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest

from upward_asgi.patch.describe import describe

from .conftest import Live, Releases

_RENAMES = (
    "import types\ndef patch(cls, name):\n    def put(f):\n"
    "        code = f.__code__.replace(co_name=name, co_qualname=f'{cls.__name__}.{name}')\n"
    "        g = types.FunctionType(code, f.__globals__, name, f.__defaults__)\n"
    "        g.__qualname__ = code.co_qualname\n        setattr(cls, name, g)\n"
    "        return globals().get(f.__name__)\n    return put\nclass C: ...\n"
)
"""A decorator that puts a copy of its function, under another name, into a class."""

CASES: dict[str, tuple[str, str]] = {
    "an attribute that a later statement deletes": (
        "class C:\n    __slots__ = ()\n    x = 1\n    def f(self): return 1\n",
        "class C:\n    __slots__ = ()\n    x = 1\n    def f(self): return 1\ndel C.__slots__, C.x\n",
    ),
    "an alias of a method that changes": (
        "class C:\n    def __getattr__(self, _): return 1\n    __getitem__ = __getattr__\n",
        "class C:\n    def __getattr__(self, n): return 2\n    def __getitem__(self, n): return 3\n",
    ),
    "an alias whose target's body changes": (
        "class C:\n    def f(self): return 1\n    g = h = f\n",
        "class C:\n    def f(self): return 2\n    g = h = f\n",
    ),
    "an alias of a method with new free variables": (
        "class B:\n    def f(self): return 0\nclass C(B):\n    def f(self): return 1\n    g = f\n",
        "class B:\n    def f(self): return 0\nclass C(B):\n    def f(self): return super().f()\n    g = f\n",
    ),
    "annotations of an inner function that are texts": (
        "from __future__ import annotations\ndef mk():\n    def p(a: int): return a\n"
        "    return p\nclass C:\n    q = mk()\nR = mk()\n",
        "from __future__ import annotations\ndef mk():\n"
        "    def p(a: int | None) -> str: return a\n    return p\nclass C:\n    q = mk()\n"
        "R = mk()\n",
    ),
    "annotations of an inner function of a method": (
        "from __future__ import annotations\nclass P:\n    def __init__(self):\n"
        "        def bind(a: int): return a\n        self.b = bind\np = P()\n",
        "from __future__ import annotations\nclass P:\n    def __init__(self):\n"
        "        def bind(a: 'str | None') -> int: return a\n        self.b = bind\np = P()\n",
    ),
    "annotations of a context manager": (
        "import contextlib\nclass C:\n    @contextlib.contextmanager\n    def s(self, a: int):\n"
        "        yield a\n",
        "from __future__ import annotations\nimport contextlib\nclass C:\n"
        "    @contextlib.contextmanager\n    def s(self, a: int):\n        yield a\n",
    ),
    "metadata of annotations": (
        "from typing import Annotated\nclass Doc:\n    def __init__(self, d): self.d = d\n"
        "class F:\n    def __init__(self, a: Annotated[int, Doc('one')] = 1): self.a = a\n",
        "from typing import Annotated\nclass Doc:\n    def __init__(self, d): self.d = d\n"
        "class F:\n    def __init__(self, a: Annotated[int, Doc('two')] = 1): self.a = a\n",
    ),
    "a module's docstring": (
        '"""doc"""\nA = 1\n',
        "A = 1\n",
    ),
    "a module's last annotation": (
        "a: int = 1\n",
        "a = 1\n",
    ),
    "a class's last annotation": (
        "class C:\n    a: int\n    def f(self): return 1\n",
        "class C:\n    def f(self): return 1\n",
    ),
    "a class attribute in the middle": (
        "class P:\n    a = 1\n    c = 3\n",
        "class P:\n    a, d = 1, 4\n    b = 2\n    c = 3\n",
    ),
    "methods in another order": (
        "class P:\n    def a(self): return 1\n    def b(self): return 2\n",
        "class P:\n    x = 1\n    def b(self): return 2\n    def a(self): return 1\n",
    ),
    "a setter": (
        "class C:\n    @property\n    def name(self): return 1\n    @name.setter\n"
        "    def name(self, v): pass\n",
        "class C:\n    @property\n    def name(self): return 1\n",
    ),
    "a setter and a deleter of a property whose getter changes too": (
        "class C:\n    @property\n    def name(self): return 1\n    @name.setter\n"
        "    def name(self, v): pass\n    @name.deleter\n    def name(self): pass\n",
        "class C:\n    @property\n    def name(self): return 2\n    @name.deleter\n"
        "    def name(self): pass\n",
    ),
    "an overload of a method": (
        "import typing\nclass C:\n    @typing.overload\n    def f(self, a: int) -> int: ...\n"
        "    @typing.overload\n    def f(self, a: str) -> str: ...\n"
        "    def f(self, a): return a\n",
        "import typing\nclass C:\n    def f(self, a): return a\n",
    ),
    "a hook for subclasses": (
        "class C: pass\nclass D(C): pass\n",
        "class C:\n    def __init_subclass__(cls, **kw):\n"
        "        super().__init_subclass__(**kw)\n        cls.made = []\nclass D(C): pass\n",
    ),
    "what type.__new__ wraps by itself": (
        "class C:\n    def __new__(cls): return object.__new__(cls)\n"
        "    def __class_getitem__(cls, i): return i\n",
        "class C:\n    def __class_getitem__(cls, i, j=1): return cls, i\n"
        "    def __init_subclass__(cls, **kw): super().__init_subclass__(**kw)\n"
        "    def __new__(cls, *a): return object.__new__(cls)\n",
    ),
    "a static new method": (
        "class C: pass\n",
        "class C:\n    def __new__(cls, *a): return object.__new__(cls)\n",
    ),
    "a generator that types.coroutine marked, on another line": (
        "import types\n@types.coroutine\ndef f(a):\n    return (yield a)\n",
        "import types\n\nB = 1\n@types.coroutine\ndef f(a):\n    return (yield a)\n",
    ),
    "a generator that types.coroutine marked, with another body": (
        "import types\n@types.coroutine\ndef f(a):\n    return (yield a)\n",
        "import types\n@types.coroutine\ndef f(a):\n    b = yield a\n    return b + 1\n",
    ),
    "a decorator that becomes a statement of its own": (
        "import contextlib\n@contextlib.contextmanager\ndef f(a):\n    yield a\n",
        "import contextlib\ndef f(a: int):\n    yield a\n"
        "if contextlib:\n    f = contextlib.contextmanager(f)\n",
    ),
    "a class that comes to stand in a block": (
        "class C:\n    x = 1\n    def f(self): return 1\nclass D(C): ...\n",
        "if True:\n    class C:\n        x = 2\n        def f(self): return 2\n"
        "        def g(self): return 3\nelse:\n    class C: ...\nclass D(C): ...\n",
    ),
    "a class in a block of which another branch defines one too": (
        "if True:\n    class C:\n        x = 1\n        y = 1\nelse:\n    class C:\n        z = 1\n",
        "if True:\n    class C:\n        x = 2\n        y = 1\nelse:\n    class C:\n        z = 2\n",
    ),
    "a function that its decorator renames": (
        f"{_RENAMES}@patch(C, 'f')\ndef f_(self): return 1\n@patch(C, 'g')\ndef g_(self): return 1\n",
        f"{_RENAMES}A = 1\n@patch(C, 'f')\ndef f_(self): return 2\n\n@patch(C, 'g')\n"
        "def g_(self): return 1\n",
    ),
    "a function that its decorator renames, with another parameter": (
        f"{_RENAMES}@patch(C, 'f')\ndef f(self): return 1\n",
        f"{_RENAMES}@patch(C, 'f')\ndef f(self, more=2): return more\n",
    ),
    "annotations of private names": (
        "class _P:\n    a: int\n    c: int\n    __gone: int\n    def f(self): return 1\n",
        "class _P:\n    a: int\n    __b: str\n    c: int\n    def f(self): return 2\n",
    ),
    "private attributes in the middle": (
        "class P:\n    a = 1\n    __c = 3\n    def __g(self): return 1\n    e = 5\n",
        "class P:\n    a = 1\n    __b = 2\n    __c = 4\n    def __f(self): return 1\n"
        "    def __g(self): return 2\n    e = 5\n",
    ),
    "private names that a hook sets on the classes below": (
        "class B:\n    def __init_subclass__(cls, **kw):\n        super().__init_subclass__(**kw)\n"
        "        cls.__kind = cls.__name__\nclass C(B): ...\n",
        "class B:\n    def __init_subclass__(cls, **kw):\n        super().__init_subclass__(**kw)\n"
        "        cls.__sort = cls.__name__\nclass C(B): ...\n",
    ),
    "private names that a class body reads": (
        "class P:\n    __x = 1\n    y = __x + 1\n    @property\n    def __n(self): return 1\n"
        "    @__n.setter\n    def __n(self, v): pass\n    z = [__n]\n",
        "class P:\n    __x = 2\n    y = __x + 1\n    @property\n    def __n(self): return 1\n"
        "    @__n.setter\n    def __n(self, v): return 2\n    z = [__n, __x]\n",
    ),
    "private names of a class that is made again": (
        "class B: pass\nclass P:\n    __x = 1\n    def __f(self): return 1\n"
        "    def __g(self): return self.__f()\n",
        "class B: pass\nclass P(B):\n    __y = 1\n    def __g(self): return self.__y\n"
        "    def __h(self): return 1\n",
    ),
    "annotations that only type checkers read": (
        "from typing import TYPE_CHECKING\nclass C:\n    def f(self): return 1\n",
        "from typing import TYPE_CHECKING\nclass C:\n    def f(self): return 1\n"
        "    if TYPE_CHECKING:\n        x: int\n",
    ),
    "annotations of a module that only type checkers read": (
        "from typing import TYPE_CHECKING\nA = 1\n",
        "from typing import TYPE_CHECKING\nA = 1\nif TYPE_CHECKING:\n    b: int\n",
    ),
    "a block that would bind what was filled in by other means": (
        "import socket\nglobals().update({n: getattr(socket, n) for n in ('AF_INET', 'AF_INET6')})\nA = 1\n",
        "import socket\ntry:\n    from socket import AF_NEVER, AF_INET\nexcept ImportError:\n    pass\n"
        "globals().update({n: getattr(socket, n) for n in ('AF_INET', 'AF_INET6')})\nA = 2\n",
    ),
}


def _told(live: Live, module: Any) -> dict[str, str]:
    roots = {str(live.root): "<root>", str(live.root.parent / f"{live.root.name}_next"): "<root>"}
    return dict(describe({live.name: module}, roots=roots))


def _differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [
        f"{p}: {one.get(p)} | {other.get(p)}" for p in sorted({*one, *other}) if one.get(p) != other.get(p)
    ]


def _orders(module: ModuleType) -> dict[str, tuple[list[str], list[str]]]:
    """How the attributes and the annotations of every class are ordered."""
    classes = {name: c for name, c in vars(module).items() if isinstance(c, type)}
    return {n: (list(vars(c)), list(vars(c).get("__annotations__", ()))) for n, c in classes.items()}


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("name", CASES)
def test_a_patched_module_equals_a_fresh_one(releases: Releases, name: str, *, down: bool) -> None:
    """Classes, functions and annotations, also the order of class attributes."""
    old, new = reversed(CASES[name]) if down else CASES[name]
    live = releases.load(old)
    before = _told(live, live.module)
    patch = live.patch(new)
    patched = _told(live, live.module)
    order = _orders(live.module)
    patch.undo()
    assert _differences(_told(live, live.module), before) == []
    del sys.modules[live.name]
    sys.path.insert(0, str(live.root.parent / f"{live.root.name}_next"))
    importlib.invalidate_caches()
    fresh = importlib.import_module(live.name)
    assert _differences(patched, _told(live, fresh)) == []
    assert order == _orders(fresh)
