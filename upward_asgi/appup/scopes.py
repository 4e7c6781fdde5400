"""Names of a release across its modules: what a dotted name in one module stands for in another.

A definition is written `module:name`, or `module:Class.attribute`. A name that a module imports stands for
the
definition it was imported from as well, through re-exports and star imports, so that a changed constant is
found wherever it is read.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from .definitions import Statement, definitions_of
from .names import Imported
from .trees import Tree

__all__ = ["CLOSURES", "MAKING", "METADATA", "Scopes", "are_about_making", "key"]

METADATA = "importlib.metadata:*"
"""What statements read that ask for the metadata (the version, mostly) of an installed release."""

CLOSURES = "__closures__"
"""`mod:deco.__closures__` is dirty when the closures that `deco` made cannot take their new code."""

MAKING = "__making__"
"""`mod:C.__making__` stands for how a class is made: it is dirty when its fields or bases are others."""

_METADATA_MODULES = frozenset({"importlib.metadata", "importlib_metadata", "pkg_resources"})


def key(module: str, name: str) -> str:
    """How a definition is written."""
    return f"{module}:{name}"


def are_about_making(definitions: Collection[str]) -> bool:
    """True when the classes behind the definitions live on, and only how they are made is another way."""
    return bool(definitions) and all(name.endswith(f".{MAKING}") for name in definitions)


@dataclass(frozen=True)
class Scopes:
    """The import-time names of every module of a release, worked out when first asked for."""

    tree: Tree

    @cached_property
    def _statements(self) -> dict[str, tuple[Statement, ...]]:
        return {}

    @cached_property
    def _imports(self) -> dict[str, dict[str, list[Imported]]]:
        return {}

    def statements(self, module: str) -> tuple[Statement, ...]:
        """The top-level statements of a module."""
        if module not in self._statements:
            self._statements[module] = definitions_of(self.tree[module])
        return self._statements[module]

    def binding(self, module: str, name: str) -> tuple[Statement, ...]:
        """The top-level statements of a module that bind a name."""
        if module not in self._binding:
            found: defaultdict[str, list[Statement]] = defaultdict(list)
            for statement in self.statements(module):
                for bound in statement.effects.binds:
                    found[bound].append(statement)
            self._binding[module] = {bound: tuple(several) for bound, several in found.items()}
        return self._binding[module].get(name, ())

    @cached_property
    def _binding(self) -> dict[str, dict[str, tuple[Statement, ...]]]:
        return {}

    def imports(self, module: str) -> dict[str, list[Imported]]:
        """The imports of a module by the name they bind; star imports are under `*`."""
        if module not in self._imports:
            found: defaultdict[str, list[Imported]] = defaultdict(list)
            for statement in self.statements(module):
                for imported in statement.effects.imports:
                    found[imported.bound].append(imported)
            self._imports[module] = dict(found)
        return self._imports[module]

    def import_nodes(self, module: str) -> list[ast.stmt]:
        """The imports at module level, also those in conditions, but `__future__` and star imports."""
        if module not in self._import_nodes:
            found = (node for statement in self.tree[module].tree.body for node in _imports_in(statement))
            self._import_nodes[module] = list(found)
        return self._import_nodes[module]

    @cached_property
    def _import_nodes(self) -> dict[str, list[ast.stmt]]:
        return {}

    def reads(self, statement: Statement) -> set[str]:
        """The definitions that a statement reads at import time, its imports included."""
        found: set[str] = set()
        for dotted in statement.effects.reads:
            found.update(self.meanings(statement.module, dotted))
        for imported in statement.effects.imports:
            found.update(self._imported(imported, "", set()))
        return found

    def _asks_metadata(self, definition: str) -> bool:
        """True for a function whose body asks for the metadata of a release, as a version helper does."""
        if definition not in self._metadata:
            module, _, name = definition.partition(":")
            self._metadata[definition] = module in self.tree and any(
                METADATA in self.resolve(module, node.id)
                for statement in self.statements(module)
                if statement.is_function
                and statement.binds == (name,)
                and b"metadata" in self.tree[module].source
                for node in ast.walk(statement.node)
                if isinstance(node, ast.Name)
            )
        return self._metadata[definition]

    @cached_property
    def _metadata(self) -> dict[str, bool]:
        return {}

    def meanings(self, module: str, dotted: str) -> set[str]:
        """Every definition that `dotted` may stand for, and the metadata where one of them asks for it."""
        found = self.resolve(module, dotted)
        return found | {METADATA} if any(map(self._asks_metadata, found)) else found

    def resolve(self, module: str, dotted: str) -> set[str]:
        """Every definition that `dotted`, read in `module`, may stand for."""
        here = key(module, dotted)
        if here not in self._resolved:
            self._resolved[here] = frozenset(self._resolve(module, dotted, set()))
        return set(self._resolved[here])

    @cached_property
    def _resolved(self) -> dict[str, frozenset[str]]:
        return {}

    def _resolve(self, module: str, dotted: str, seen: set[str]) -> Iterator[str]:
        here = key(module, dotted)
        if here in seen:
            return
        seen.add(here)
        head, _, rest = dotted.partition(".")
        yield key(module, head)
        if rest:
            yield key(module, dotted)
        if module not in self.tree:
            return
        imports = self.imports(module)
        for imported in imports.get(head, ()):
            yield from self._imported(imported, rest, seen)
        for star in imports.get("*", ()):
            yield from self._resolve(star.module, dotted, seen)

    def _imported(self, imported: Imported, rest: str, seen: set[str]) -> Iterator[str]:
        if imported.module in _METADATA_MODULES or f"{imported.module}.{imported.name}" in _METADATA_MODULES:
            yield METADATA
            return
        if imported.name == "*":
            yield key(imported.module, "*")
            return
        if imported.name is None:
            yield from self._in_module(imported.module, rest, seen)
            return
        submodule = f"{imported.module}.{imported.name}"
        if submodule in self.tree:
            yield from self._in_module(submodule, rest, seen)
        if imported.module in self.tree:
            yield from self._resolve(imported.module, _join(imported.name, rest), seen)

    def _in_module(self, module: str, rest: str, seen: set[str]) -> Iterator[str]:
        head, _, tail = rest.partition(".")
        while head and f"{module}.{head}" in self.tree:
            module, (head, _, tail) = f"{module}.{head}", tail.partition(".")
        if head and module in self.tree:
            yield from self._resolve(module, _join(head, tail), seen)

    def brought_by_stars(self, module: str) -> set[str]:
        """What the star imports of a module bring from others of the release, as far as that is written."""
        return {name for statement in self.statements(module) for name in self.brought_by(statement)}

    def brought_by(self, statement: Statement) -> set[str]:
        """The same of the star imports of one statement."""
        stars = (imported for imported in statement.effects.imports if imported.bound == "*")
        seen = frozenset((statement.module,))
        return {name for star in stars for name in self._exported(star.module, seen)}

    def _exported(self, module: str, seen: frozenset[str]) -> set[str]:
        if module in seen or module not in self.tree:
            return set()
        listed = [
            n
            for s in self.statements(module)
            if "__all__" in s.effects.binds | s.effects.mutates
            for n in _texts(s)
        ]
        if listed:
            return set(listed)
        found = {name for statement in self.statements(module) for name in statement.effects.binds}
        for star in self.imports(module).get("*", ()):
            found |= self._exported(star.module, seen | {module})
        return {name for name in found if not name.startswith("_")}

    def filled_by(self, definition: str) -> set[str]:
        """The containers that a function's body mentions: what a registering decorator fills."""
        if definition not in self._filled:
            self._filled[definition] = set(self._containers_in(definition))
        return self._filled[definition]

    @cached_property
    def _filled(self) -> dict[str, set[str]]:
        return {}

    def _containers_in(self, definition: str) -> Iterator[str]:
        module, _, name = definition.partition(":")
        if module not in self.tree:
            return
        for statement in self.statements(module):
            if statement.is_function and statement.binds == (name,):
                names = {node.id for node in ast.walk(statement.node) if isinstance(node, ast.Name)}
                for found in {key for name in names for key in self.resolve(module, name)}:
                    if self._is_container(found):
                        yield found

    def _is_container(self, definition: str) -> bool:
        module, _, name = definition.partition(":")
        if module not in self.tree:
            return False
        values = (s.node.value for s in self.statements(module) if name in s.binds and _assigns(s.node))
        return any(isinstance(value, ast.Dict | ast.List | ast.Set | ast.Call) for value in values)


def _texts(statement: Statement) -> Iterator[str]:
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _join(head: str, tail: str) -> str:
    return f"{head}.{tail}" if tail else head


def _imports_in(node: ast.AST) -> Iterator[ast.stmt]:
    if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and _is_plain(node)):
        yield node
    elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _imports_in(child)


def _assigns(node: ast.stmt) -> TypeGuard[ast.Assign | ast.AnnAssign]:
    return isinstance(node, ast.Assign | ast.AnnAssign)


def _is_plain(node: ast.ImportFrom) -> bool:
    return node.module != "__future__" and all(alias.name != "*" for alias in node.names)
