"""Random edits of generated modules: the patched process equals a fresh start, and undoing leaves nothing.

A release is two modules, `base` and `user`, made of constants that depend on one another across them,
functions with defaults, decorators and closures, classes with bases, `super()` and properties, and tables
that top-level code fills. Its successor differs in a few of them. Every pair is patched in a fork of a
clean interpreter, without the comparison that turns a wrong result into a refusal: that is done here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from pairs_server import PairsServer

NUMBERS = st.integers(0, 9)

DECORATORS = """\
import functools
def tag(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return "tag", f(*args, **kwargs)
    return wrapper
def mark(n):
    def deco(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return n, f(*args, **kwargs)
        return wrapper
    return deco
"""


@dataclass(frozen=True)
class Constant:
    """`c0 = 3`, or computed from the constant before it."""

    value: int
    form: str

    def text(self, name: str, before: list[str]) -> str:
        base = before[self.value % len(before)] if before else str(self.value)
        shown = {
            "plain": f"{self.value}",
            "sum": f"{base} + {self.value}",
            "text": f"f'v{{{base}}}'[1:] and {base} * 2",
            "tuple": f"len(({base}, {self.value})) + {base}",
        }
        return f"{name} = {shown[self.form]}\n"


@dataclass(frozen=True)
class Function:
    """A function with defaults, perhaps decorated, a closure, a generator or a coroutine's helper."""

    value: int
    decorator: str
    form: str
    default: str

    def text(self, name: str, constants: list[str]) -> str:
        constant = constants[self.value % len(constants)] if constants else "0"
        default = {
            "none": "",
            "number": f"a={self.value}",
            "constant": f"a={constant}",
            "keyword": f"*, a={constant}",
        }
        used = "a" if self.default != "none" else str(self.value)
        body = {
            "plain": f"    return {used}, {self.value}\n",
            "global": f"    return {used}, {constant}\n",
            "closure": f"    n = {self.value}\n    def inner(x={constant}):\n"
            f"        return n, x, {used}\n    return inner\n",
            "list": f"    return [{used} for _ in range({self.value % 3})]\n",
        }
        decorator = f"@{self.decorator}\n" if self.decorator else ""
        return f"{decorator}def {name}({default[self.default]}):\n{body[self.form]}"


@dataclass(frozen=True)
class Class:
    """A class with attributes and methods, perhaps on another."""

    value: int
    based: bool
    form: str

    def text(self, name: str, base: str | None, constants: list[str]) -> str:
        constant = constants[self.value % len(constants)] if constants else "0"
        parent = base if self.based and base else None
        above = "super().who()" if parent else "()"
        body = {
            "plain": f"    k = {self.value}\n    def who(self):\n        return {self.value}, self.k\n",
            "super": f"    k = {self.value}\n    def who(self):\n        return {self.value}, {above}\n",
            "constant": f"    k = {constant}\n    def who(self):\n        return self.k\n"
            f"    def more(self, x={constant}):\n        return x\n",
            "property": f"    def __init__(self):\n        self._v = {self.value}\n"
            f"    def who(self):\n        return {self.value}\n"
            f"    @property\n    def v(self):\n        return {self.value}\n",
            "kinds": f"    def who(self):\n        return {self.value}\n"
            f"    @staticmethod\n    def s():\n        return {constant}\n"
            f"    @classmethod\n    def c(cls):\n        return cls.__name__, {self.value}\n",
        }
        return f"class {name}{f'({parent})' if parent else ''}:\n{body[self.form]}"


@dataclass(frozen=True)
class Table:
    """A dictionary and what top-level code puts into it."""

    value: int
    fills: int
    functions: bool

    def text(self, name: str, constants: list[str], functions: list[str]) -> str:
        constant = constants[self.value % len(constants)] if constants else "0"
        items = ", ".join(f"'{f}': {f}" for f in functions) if self.functions else f"'n': {constant}"
        lines = [f"{name} = {{{items}}}\n"]
        lines += [f"{name}['k{i}'] = {self.value + i}\n" for i in range(self.fills)]
        return "".join(lines)


Definition = Constant | Function | Class | Table

constants = st.builds(Constant, NUMBERS, st.sampled_from(["plain", "plain", "sum", "text", "tuple"]))
functions = st.builds(
    Function,
    NUMBERS,
    st.sampled_from(["", "", "tag", "mark(1)", "mark(2)", "functools.cache"]),
    st.sampled_from(["plain", "global", "closure", "list"]),
    st.sampled_from(["none", "number", "constant", "keyword"]),
)
classes = st.builds(
    Class, NUMBERS, st.booleans(), st.sampled_from(["plain", "super", "constant", "property", "kinds"])
)
tables = st.builds(Table, NUMBERS, st.integers(0, 2), st.booleans())
SLOTS: dict[str, st.SearchStrategy[Any]] = {
    "c0": constants, "c1": constants, "c2": constants,
    "f0": functions, "f1": functions, "f2": functions,
    "K0": classes, "K1": classes, "K2": classes,
    "T0": tables,
}  # fmt: skip
Module = dict[str, Definition]


@dataclass(frozen=True)
class Release:
    """Both modules of a release."""

    base: Module
    user: Module
    star: bool

    def files(self) -> dict[str, str]:
        base = _module(self.base, [], [], None)
        names = [n for n in self.base if n.startswith(("c", "f", "K"))]
        imports = "from base import *\n" if self.star else "".join(f"from base import {n}\n" for n in names)
        uses = _module(
            {f"u_{name}": definition for name, definition in self.user.items()},
            [n for n in names if n.startswith("c")],
            [n for n in names if n.startswith("f")],
            next((n for n in names if n.startswith("K")), None),
        )
        return {
            "base.py": DECORATORS + base,
            "user.py": f"import functools\nimport base\nfrom base import tag, mark\n{imports}{uses}",
        }


def _module(definitions: Module, known: list[str], callables: list[str], parent: str | None) -> str:
    text, constant_names, function_names = "", list(known), list(callables)
    for name, definition in sorted(
        definitions.items(), key=lambda item: "cfKT".index(item[0].removeprefix("u_")[0])
    ):
        match definition:
            case Constant():
                text += definition.text(name, constant_names)
                constant_names.append(name)
            case Function():
                text += definition.text(name, constant_names)
                function_names.append(name)
            case Class():
                text += definition.text(name, parent, constant_names)
                parent = name
            case Table():
                text += definition.text(name, constant_names, function_names)
    return text


@st.composite
def modules(draw: st.DrawFn) -> Module:
    """A module with some of the slots filled."""
    chosen = draw(st.lists(st.sampled_from(sorted(SLOTS)), min_size=3, max_size=8, unique=True))
    return {name: draw(SLOTS[name]) for name in sorted(chosen)}


@st.composite
def edited(draw: st.DrawFn, module: Module, *, most: int) -> Module:
    """The module with up to `most` definitions changed, added or removed."""
    changed = dict(module)
    for name in draw(st.lists(st.sampled_from(sorted(SLOTS)), max_size=most, unique=True)):
        if name in changed and draw(st.integers(0, 5)) == 0:
            del changed[name]
        elif name in changed and draw(st.booleans()):
            changed[name] = replace(changed[name], value=draw(NUMBERS))
        else:
            changed[name] = draw(SLOTS[name])
    return changed


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Release, Release]:
    """A release and its successor."""
    star = draw(st.booleans())
    old = Release(draw(modules()), draw(modules()), star)
    new = Release(draw(edited(old.base, most=3)), draw(edited(old.user, most=1)), star)
    return old, new


def ask(server: PairsServer, old: Release, new: Release) -> dict[str, Any]:
    """What the server answers; the pair is shown when that is not as it is to be."""
    for version, release in (("v1", old), ("v2", new)):
        for name, text in release.files().items():
            note(f"-- {version}/{name}\n{text}")
    return server.ask(old.files(), new.files())


@pytest.fixture(scope="module")
def server() -> Iterator[PairsServer]:
    """One clean interpreter for all examples of this file."""
    running = PairsServer("patch_server.py")
    yield running
    running.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pair=pairs())
def test_a_patched_process_equals_a_fresh_start(server: PairsServer, pair: tuple[Release, Release]) -> None:
    """Described and called, a patched process is what a fresh start of the newer release is."""
    answer = ask(server, *pair)
    assert "error" not in answer, answer.get("error")
    if "refused" in answer:
        note(f"refused: {answer['refused']}")
        return
    assert answer["differences"] == []
    assert answer["behaviour"] == []
    assert answer["held"] == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pair=pairs())
def test_undoing_a_patch_leaves_nothing(server: PairsServer, pair: tuple[Release, Release]) -> None:
    """After an undo, or a patch that failed, all is described as before; identities hold too."""
    answer = ask(server, *pair)
    assert answer.get("undone", []) == []
