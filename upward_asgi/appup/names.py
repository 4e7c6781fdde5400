"""Which names a statement reads, binds and changes while its module is imported.

Bodies of functions and lambdas do not run at import, so what they read does not count; their decorators,
defaults and annotations do, and so do class bodies (https://docs.python.org/3/reference/executionmodel.html).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

__all__ = ["Effects", "Imported", "dotted_names", "effects_of"]


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported name: `from module import name as bound`; `name` is None for `import module`."""

    module: str
    name: str | None
    bound: str


@dataclass(slots=True)
class Effects:
    """What one statement does to names at import time; reads are dotted, as far as they are written out."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    imports: list[Imported] = field(default_factory=list)


def effects_of(node: ast.stmt, *, package: str, future_annotations: bool) -> Effects:
    """The import-time effects of one top-level statement of a module in `package`."""
    visitor = _ImportTime(package, future_annotations)
    visitor.visit(node)
    return visitor.effects


class _ImportTime(ast.NodeVisitor):
    def __init__(self, package: str, future_annotations: bool) -> None:
        self.effects = Effects()
        self.package = package
        self.future_annotations = future_annotations
        self.hidden: list[frozenset[str]] = []  # names of class bodies and comprehensions around

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store):
            self._read(node.id)
        if not isinstance(node.ctx, ast.Load) and not self.hidden:
            (self.effects.deletes if isinstance(node.ctx, ast.Del) else self.effects.binds).add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        dotted = _dotted(node)
        if dotted is None:
            self.generic_visit(node)
            return
        self._read(dotted)
        if not isinstance(node.ctx, ast.Load):
            self._mutates(dotted)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            self._mutates(_dotted(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.generic_visit(node)
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
            self._mutates(node.target.id)

    def visit_Expr(self, node: ast.Expr) -> None:
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            self._mutates(_dotted(call.func.value))

    def _read(self, dotted: str) -> None:
        if not any(dotted.partition(".")[0] in names for names in self.hidden):
            self.effects.reads.add(dotted)

    def _mutates(self, dotted: str | None) -> None:
        if dotted is not None and not any(dotted.partition(".")[0] in names for names in self.hidden):
            self.effects.mutates.add(dotted)

    # Imports

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else bound
            self._import(Imported(module, None, bound))
            if not alias.asname and "." in alias.name:
                self.effects.imports.append(Imported(alias.name, None, ""))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self._absolute(node)
        for alias in node.names:
            self._import(Imported(base, alias.name, alias.asname or alias.name))

    def _import(self, imported: Imported) -> None:
        if self.hidden:
            return
        self.effects.imports.append(imported)
        if imported.bound != "*":
            self.effects.binds.add(imported.bound)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".")
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, *([node.module] if node.module else [])])

    # Scopes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name)
        self._visit_all(node.decorator_list)
        self._arguments(node.args)
        self._annotation(node.returns)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._arguments(node.args)

    def _arguments(self, args: ast.arguments) -> None:
        self._visit_all(args.defaults)
        self._visit_all(default for default in args.kw_defaults if default is not None)
        for arg in (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg):
            if arg is not None:
                self._annotation(arg.annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)
        elif not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def _annotation(self, node: ast.expr | None) -> None:
        if node is not None and not self.future_annotations:
            self.visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        self._visit_all(node.decorator_list)
        self._visit_all(node.bases)
        self._visit_all(keyword.value for keyword in node.keywords)
        inner = _ImportTime(self.package, self.future_annotations)
        inner._visit_all(node.body)
        self.hidden.append(frozenset(inner.effects.binds))
        self._visit_all(node.body)
        self.hidden.pop()

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, node.generators, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node, node.generators, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node, node.generators, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, node.generators, [node.key, node.value])

    def _comprehension(
        self, node: ast.expr, generators: list[ast.comprehension], results: list[ast.expr]
    ) -> None:
        targets = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        self.hidden.append(frozenset(targets))
        for generator in generators:
            self.visit(generator.iter)
            self._visit_all(generator.ifs)
        self._visit_all(results)
        self.hidden.pop()

    def visit_If(self, node: ast.If) -> None:
        """What only type checkers see does not happen."""
        if (_dotted(node.test) or "").rpartition(".")[2] == "TYPE_CHECKING":
            self._visit_all([node.test, *node.orelse])
        else:
            self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        # `except E as e` binds e and deletes it again: neither a read nor a binding is left.
        self.generic_visit(node)
        if node.name:
            self.effects.reads = {r for r in self.effects.reads if r.partition(".")[0] != node.name}

    def _bind(self, name: str) -> None:
        if not self.hidden:
            self.effects.binds.add(name)

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _dotted(node: ast.expr) -> str | None:
    """`a.b.c` for a chain of attributes on a name; the chain before a call or subscript does not count."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


def dotted_names(node: ast.AST) -> Iterator[str]:
    """The names and chains of attributes that an expression reads, each as far as it is written out."""
    dotted = _dotted(node) if isinstance(node, ast.Name | ast.Attribute) else None
    if dotted is not None:
        yield dotted
        return
    for child in ast.iter_child_nodes(node):
        yield from dotted_names(child)
