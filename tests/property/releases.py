"""Random releases of a package of three modules, made of the definitions in `definitions/`, and successors.

A definition is Python with holes: `NAME` is its name; `{{a|b}}` is one of these texts and `{{0..3}}` one of
these numbers; a line that ends in `# maybe`, or the lines from `#: maybe` to `#: end`, may be missing; `BASE`
and `VALUE` are a class and a value of a definition before it. What fills a hole follows from a seed and the
hole's number, so a successor differs from a release in the holes that were drawn anew, and in nothing else.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["MODULES", "Release", "random_pair"]

MODULES = ("low", "mid", "top")
_FOLDER = Path(__file__).parent / "definitions"
_KINDS = {file.stem: file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.txt"))}
_IMPORTS = "import abc, contextlib, dataclasses, enum, functools, inspect, re, typing\n"
_HOLE = re.compile(r"\{\{(.*?)\}\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_HOLES = 12
"""Holes of a definition that a successor may draw anew."""


@dataclass(frozen=True)
class Definition:
    """One definition: which, under what name, and what fills its holes."""

    kind: str
    name: str
    seed: int
    anew: tuple[tuple[int, int], ...] = ()
    """Holes that a successor has drawn anew: their number and another seed."""

    def text(self, bases: list[str], values: list[str]) -> str:
        """The definition with its holes filled, on what stands before it."""
        holes = _Holes(self)
        text = _HOLE.sub(lambda hole: holes.fill(hole[1]), "".join(holes.lines(_KINDS[self.kind])))
        text = re.sub(r"\bBASE\b", holes.choose(bases or ["object"]), text)
        text = re.sub(r"\bVALUE\b", lambda _: holes.choose(values or ["0"]), text)
        return text.replace("NAME", self.name)

    @property
    def base(self) -> str | None:
        """The class that others may inherit from."""
        return self.name if self.kind in ("hooked", "metaclass", "nested", "mixins", "instances") else None

    @property
    def value(self) -> str | None:
        """The value that others may read."""
        return f"{self.name}_VALUE" if "NAME_VALUE" in _KINDS[self.kind] else None


class _Holes:
    """What fills the holes of one definition, one after the other."""

    def __init__(self, definition: Definition) -> None:
        self._seed = definition.seed
        self._anew = dict(definition.anew)
        self._number = 0

    def choose(self, options: list[str]) -> str:
        self._number += 1
        seed = f"{self._seed} {self._anew.get(self._number, 0)} {self._number}"
        return random.Random(seed).choice(options)

    def fill(self, hole: str) -> str:
        numbers = _RANGE.fullmatch(hole)
        if numbers:
            return self.choose([str(n) for n in range(int(numbers[1]), int(numbers[2]) + 1)])
        return self.choose(hole.split("|"))

    def lines(self, text: str) -> list[str]:
        """The lines that are there."""
        found, there = [], True
        for line in text.splitlines(keepends=True):
            if line.strip() == "#: maybe":
                there = self.choose(["yes", "no"]) == "yes"
            elif line.strip() == "#: end":
                there = True
            elif there and (not line.endswith("# maybe\n") or self.choose(["yes", "no"]) == "yes"):
                found.append(line)
        return found


@dataclass(frozen=True)
class Release:
    """The definitions of each module; each module imports those before it, by name or with a star."""

    modules: dict[str, tuple[Definition, ...]]
    star: bool

    def files(self) -> dict[str, str]:
        """The source of the package `pkg`."""
        files, bases, values = {"pkg/__init__.py": ""}, [], []
        for module, definitions in self.modules.items():
            text, before = _IMPORTS, MODULES[: MODULES.index(module)]
            for other in before:
                text += f"from pkg.{other} import *\n" if self.star else f"from pkg import {other}\n"
            own_bases, own_values = self._visible(bases), self._visible(values)
            for definition in definitions:
                text += f"\n\n{definition.text(own_bases, own_values)}"
                for known, visible, name in (
                    (bases, own_bases, definition.base),
                    (values, own_values, definition.value),
                ):
                    if name is not None:
                        visible.append(name)
                        known.append(f"{module}.{name}")
            files[f"pkg/{module}.py"] = text
        return files

    def _visible(self, names: list[str]) -> list[str]:
        return [name.partition(".")[2] if self.star else name for name in names]


def random_pair(seed: int) -> tuple[Release, Release]:
    """A release and its successor: some definitions changed, gone, added, or in another order."""
    draw, numbers = random.Random(seed), iter(range(100))

    def definition() -> Definition:
        return Definition(draw.choice(list(_KINDS)), f"N{next(numbers)}", draw.randrange(10**6))

    old = {module: tuple(definition() for _ in range(draw.randint(1, 4))) for module in MODULES}
    new = {}
    for module, definitions in old.items():
        after: list[Definition] = []
        for one in definitions:
            chance = draw.random()
            if chance < 0.05:
                continue
            if chance < 0.1:
                after.append(definition())
            after.append(_edited(one, draw) if chance < 0.5 else one)
        if draw.random() < 0.1:
            draw.shuffle(after)
        new[module] = tuple(after)
    star = draw.random() < 0.4
    return Release(old, star), Release(new, star)


def _edited(definition: Definition, draw: random.Random) -> Definition:
    holes = draw.sample(range(1, _HOLES), draw.randint(1, 3))
    return replace(definition, anew=tuple((hole, draw.randint(1, 99)) for hole in holes))
