"""A release's source tree as modules: read, parsed, never imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from ..errors import BadSource

__all__ = ["Module", "Tree", "name_of_file", "read_tree"]

_IMPORTABLE = re.compile(r"[\w-]+")
"""What `importlib` takes as the last part of a name, such as `0001_initial`; no names of templates."""

# Folders that stand beside packages in a release or a checkout, and are never part of what is imported.
_NOT_PACKAGES = frozenset({"__pycache__", "tests", "test", "docs", "build", "dist", "node_modules"})


_WORD = re.compile(rb"[\w\x80-\xff]+")


@dataclass(frozen=True)
class Module:
    """One module of a release: its dotted name, its file and its source."""

    name: str
    path: Path
    is_package: bool
    source: bytes

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module. Raises `BadSource` when it does not parse."""
        try:
            return ast.parse(self.source, filename=str(self.path))
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            message = getattr(error, "msg", None) or str(error)
            raise BadSource(path=str(self.path), line=line, message=message) from error

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Every word of the source, comments and strings included: what it can possibly name."""
        return frozenset(_WORD.findall(self.source))

    @property
    def docstring(self) -> str | None:
        """The module's `__doc__`."""
        return ast.get_docstring(self.tree, clean=False)

    @property
    def package(self) -> str:
        """What relative imports of the module start from (`__package__`)."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def future_annotations(self) -> bool:
        """True when annotations are kept as text (PEP 563)."""
        return any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in self.tree.body
        )


@dataclass(frozen=True)
class Tree:
    """The modules of one release, by name."""

    root: Path
    modules: Mapping[str, Module]

    def __contains__(self, name: str) -> bool:
        return name in self.modules

    def __getitem__(self, name: str) -> Module:
        return self.modules[name]

    @cached_property
    def packages(self) -> frozenset[str]:
        """The top-level names."""
        return frozenset(name.partition(".")[0] for name in self.modules)


def name_of_file(inside: str) -> str:
    """The module of a file, told by its path below the release's root, with slashes."""
    return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def read_tree(root: Path, packages: Sequence[str] | None = None) -> Tree:
    """The modules below `root`, of the named top-level packages or of all of them."""
    wanted = None if packages is None else frozenset(packages)
    modules = {}
    for name, path in _sources(root, wanted):
        is_package = path.name == "__init__.py"
        if name in modules and not is_package:
            continue  # a package wins over a module of the same name, as the import system has it
        modules[name] = Module(name, path, is_package, path.read_bytes())
    return Tree(root, MappingProxyType(dict(sorted(modules.items()))))


def _sources(root: Path, wanted: frozenset[str] | None) -> Iterator[tuple[str, Path]]:
    for entry in sorted(root.iterdir()):
        top = entry.stem if entry.suffix == ".py" else entry.name
        if not top.isidentifier() or (wanted is not None and top not in wanted):
            continue
        if entry.is_dir() and (wanted is not None or top not in _NOT_PACKAGES):
            yield from _package(entry, top)
        elif entry.suffix == ".py":
            yield top, entry


def _package(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name.isidentifier() and entry.name != "__pycache__":
            yield from _package(entry, f"{name}.{entry.name}")
        elif entry.name == "__init__.py":
            yield name, entry
        elif entry.suffix == ".py" and _IMPORTABLE.fullmatch(entry.stem):
            yield f"{name}.{entry.stem}", entry
