"""What statements read at import, and which of it may be another object or value then ("dirty")."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .definitions import Statement
from .names import dotted_names
from .scopes import CLOSURES, MAKING, METADATA, Scopes, key
from .tables_filled import filled_by_calling, is_table, tables_filled
from .trees import Tree

__all__ = ["Reads", "passed_on"]


class Reads:
    """Of the statements of one tree."""

    def __init__(self, tree: Tree, scopes: Scopes) -> None:
        self.tree = tree
        self.scopes = scopes
        self._reads: dict[tuple[str, int], set[str]] = {}

    def modules(self, dirty: set[str]) -> list[str]:
        """Modules whose source mentions one of the names, or what fills it: nobody else can read them."""
        words = {word.encode() for name in dirty for word in _words(name)}
        words |= {function.encode() for function in self._filling(dirty, words)}
        stars = {f"{name.partition(':')[0].rpartition('.')[2]} import *".encode() for name in dirty}
        return [
            module.name
            for module in self.tree.modules.values()
            if not words.isdisjoint(module.words)
            or (b"import *" in module.source and any(star in module.source for star in stars))
        ]

    def _filling(self, dirty: set[str], words: set[bytes]) -> Iterator[str]:
        """The functions that fill one of the dirty tables; each mentions its table."""
        tables = {name for name in dirty if is_table(self.scopes, name)}
        for module in self.tree.modules.values() if tables else ():
            if not words.isdisjoint(module.words):
                for statement in self.scopes.statements(module.name):
                    if not tables.isdisjoint(filled_by_calling(self.scopes, statement)):
                        yield from statement.binds

    def hits(self, statement: Statement, dirty: set[str]) -> set[str]:
        """What of `dirty` the statement reads."""
        reads = self._reads_of(statement)
        hits = reads & dirty
        for star in (read for read in reads if read.endswith(":*") and read != METADATA):
            hits |= {name for name in dirty if name.startswith(star[:-1])}
        own = {key(statement.module, name) for name in statement.effects.binds}
        return hits - own if not statement.effects.mutates else hits

    def _reads_of(self, statement: Statement) -> set[str]:
        """What a statement reads, how its bases are made and what its decorators made included."""
        place = (statement.module, statement.index)
        if place not in self._reads:
            self._reads[place] = self._all_reads(statement)
        return self._reads[place]

    def _all_reads(self, statement: Statement) -> set[str]:
        reads = self.scopes.reads(statement) | tables_filled(self.scopes, statement)
        for defined in (statement, *statement.classes):
            if defined.is_class:
                reads |= {f"{base}.{MAKING}" for base in self._bases(defined)}
        for decorator in getattr(statement.node, "decorator_list", ()):
            for dotted in dotted_names(decorator):
                for name in self.scopes.resolve(statement.module, dotted):
                    reads |= {f"{name}.{CLOSURES}", *self.scopes.filled_by(name)}
        return reads

    def _bases(self, statement: Statement) -> Iterator[str]:
        assert isinstance(statement.node, ast.ClassDef)
        for base in statement.node.bases:
            if isinstance(base, ast.Subscript):
                base = base.value
            yield from self.scopes.resolve(statement.module, ast.unparse(base))


def passed_on(statement: Statement, hits: set[str]) -> Iterator[str]:
    """What a star import binds in its own module, of the definitions that it may read anew."""
    stars = {imported.module for imported in statement.effects.imports if imported.bound == "*"}
    for module, _, name in (hit.partition(":") for hit in hits):
        if module in stars and "." not in name:
            yield key(statement.module, name)


def _words(name: str) -> Iterator[str]:
    """What the source of a module must mention to read the definition, unless a star import brings it."""
    if name == METADATA:
        yield from ("metadata", "pkg_resources")
        return
    dotted = name.partition(":")[2]
    yield dotted.removesuffix(f".{MAKING}").removesuffix(f".{CLOSURES}").rpartition(".")[2]
