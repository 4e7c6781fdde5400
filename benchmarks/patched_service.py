"""A service to patch, made for the benchmark of patch costs: two releases, and a heap of a given size."""

from __future__ import annotations

from pathlib import Path

__all__ = ["PACKAGE", "Record", "write_releases"]

PACKAGE = "patched_service"

_MODULE = '''"""Module {number} of the service."""

from dataclasses import dataclass, field
{imports}

LIMIT = {number}
TABLE = {{name: LIMIT + at for at, name in enumerate(("one", "two", "three"))}}
ROOMS = {{}}


@dataclass
class Item{number}:
    """What this module keeps."""

    name: str
    count: int = 0
    tags: list = field(default_factory=list)

    def total(self, factor=LIMIT):
        return self.count * factor + len(self.tags) + {step}


class Keeper{number}:
    """Holds items by name."""

    def __init__(self):
        self.items = {{}}

    def add(self, name, count=1):
        item = self.items.setdefault(name, Item{number}(name))
        item.count += count + {step}
        return item

    @property
    def size(self):
        return len(self.items)


KEEPER = Keeper{number}()


def step(value):
    return value + {step}


def chain(value):
    return {chained}
'''


class Record:
    """One object of the running service's own, of the many on its heap."""

    __slots__ = ("others", "values")

    def __init__(self, number: int, before: Record | None) -> None:
        self.values = [number]
        self.others = {"before": before}


def write_releases(folder: Path, modules: int, changed: int, *, chain: bool) -> tuple[Path, Path]:
    """Two releases of a package of `modules` modules; `changed` of them differ.

    With `chain` every module imports the one before it, so that importing the last imports all.
    """
    roots = folder / "old", folder / "new"
    for root, step in zip(roots, (1, 2), strict=True):
        package = root / PACKAGE
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        for number in range(modules):
            differs = number % (modules // changed) == 0 and number // (modules // changed) < changed
            source = _source(number, step if differs else 1, chain=chain)
            (package / f"part{number}.py").write_text(source)
    return roots


def _source(number: int, step: int, *, chain: bool) -> str:
    before = number - 1 if chain else 0
    if number == 0:
        return _MODULE.format(number=number, imports="", step=step, chained="step(value)")
    imports = f"from . import part{before}\nfrom .part{before} import step as before"
    chained = f"before(step(value)) + part{before}.LIMIT"
    return _MODULE.format(number=number, imports=imports, step=step, chained=chained)
