"""Calls that do nothing but fill tables of the release: `register(Handler())`.

Such a call is no effect that cannot be taken back: the tables are made anew, and what still fills them runs
again. What the function does is read from its source; whatever is not plainly a table of the release (a call
of another function, an attribute of its argument, a global name) counts as an effect.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .containers import empty_container
from .definitions import Statement, assigned_value
from .scopes import Scopes

__all__ = ["filled_by_calling", "is_table", "makes_table", "tables_filled"]

_HARMLESS = (
    *(ast.Assert, ast.Break, ast.Continue, ast.For, ast.If, ast.Pass, ast.Raise, ast.Return, ast.While),
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete, ast.Expr),
)
_WAITING = (ast.Await, ast.Yield, ast.YieldFrom, ast.Lambda, ast.NamedExpr)


def tables_filled(scopes: Scopes, statement: Statement) -> frozenset[str]:
    """The tables (`pkg.mod:NAME`) that a top-level call fills, when that is all it does; else none."""
    node = statement.node
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return frozenset()
    if not isinstance(node.value.func, ast.Name | ast.Attribute):
        return frozenset()
    called = [
        found
        for definition in scopes.resolve(statement.module, ast.unparse(node.value.func))
        for found in _bound(scopes, definition)
        if not found.is_import
    ]
    return filled_by_calling(scopes, called[0]) if len(called) == 1 else frozenset()


def filled_by_calling(scopes: Scopes, statement: Statement) -> frozenset[str]:
    """The tables that a function fills, when calling it does nothing else; for anything else none."""
    if statement.decorated or not isinstance(statement.node, ast.FunctionDef):
        return frozenset()
    return _Body(scopes, statement.module, statement.node).tables()


def is_table(scopes: Scopes, definition: str) -> bool:
    """True for a name that is bound once, to a container as it is written."""
    made = _bound(scopes, definition)
    return len(made) == 1 and makes_table(made[0])


def makes_table(statement: Statement) -> bool:
    """True for the assignment of a container as it is written."""
    value = assigned_value(statement.node)
    return isinstance(value, ast.Dict | ast.List | ast.Set) or empty_container(value) is not None


def _bound(scopes: Scopes, definition: str) -> tuple[Statement, ...]:
    module, _, name = definition.partition(":")
    return scopes.binding(module, name) if module in scopes.tree else ()


@dataclass(frozen=True)
class _Body:
    scopes: Scopes
    module: str
    function: ast.FunctionDef

    def tables(self) -> frozenset[str]:
        found: set[str] = set()
        local = set(self._local())
        for statement in _statements(self.function.body):
            if not isinstance(statement, _HARMLESS) or any(map(_waits, ast.iter_child_nodes(statement))):
                return frozenset()
            for target in _acted_on(statement):
                root = _root(target)
                if root is None or root in local or not (tables := self._tables(root)):
                    return frozenset()
                found |= tables
        return frozenset(found)

    def _local(self) -> Iterator[str]:
        arguments = self.function.args
        everyone = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        yield from (argument.arg for argument in everyone)
        yield from (argument.arg for argument in (arguments.vararg, arguments.kwarg) if argument)
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id

    def _tables(self, name: str) -> set[str]:
        return {found for found in self.scopes.resolve(self.module, name) if is_table(self.scopes, found)}


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, and those inside of them; an inner definition is not looked into."""
    for statement in body:
        yield statement
        for field in ("body", "orelse"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _statements(getattr(statement, field, []))


def _waits(node: ast.AST) -> bool:
    return not isinstance(node, ast.stmt) and any(isinstance(inner, _WAITING) for inner in ast.walk(node))


def _acted_on(statement: ast.stmt) -> Iterator[ast.expr]:
    """What a statement changes besides local names: stored into, deleted from, or called for its effect."""
    if isinstance(statement, ast.Expr):
        if not isinstance(statement.value, ast.Constant):
            yield statement.value
        return
    if isinstance(statement, ast.Return):
        yield from (node for node in ast.walk(statement) if isinstance(node, ast.Call))
        return
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    for target in targets:
        for part in ast.walk(target) if isinstance(target, ast.expr) else ():
            if isinstance(part, ast.Subscript | ast.Attribute) and not isinstance(part.ctx, ast.Load):
                yield part


def _root(node: ast.expr) -> str | None:
    """The name that `TABLE.setdefault(key, [])[0]` starts with; None where anything else is acted on."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return None
    return node.id
