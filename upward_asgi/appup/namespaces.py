"""Statements that go through all names of their module: `stamp(globals())`, `for … in vars().items()`.

Which names they find is written nowhere in them. They act on what they find, mostly by stamping a public name
on functions and classes, so they run again when a name is new there, or is to be made anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .definitions import Statement
from .marked import Marked
from .scopes import Scopes
from .tree_diff import TreeDiff

__all__ = ["bound_names", "go_through_others", "goes_through_names"]

_NAMESPACES = frozenset(("globals", "locals", "vars"))
_WORDS = frozenset(name.encode() for name in _NAMESPACES)


def go_through_others(diff: TreeDiff, old: Scopes, new: Scopes, marked: Marked) -> Iterator[Statement]:
    """The statements that would find a name which the module did not have, or which a marker wants anew."""
    for name, module in diff.new.modules.items():
        if _WORDS.isdisjoint(module.words):
            continue
        statements = new.statements(name)
        going = [statement for statement in statements if goes_through_names(statement)]
        if not going:
            continue
        before = diff.moves.renamed.get(name, name)
        had = bound_names(old.statements(before)) if before in diff.old else set()
        if any(n not in had or marked.wants_again(name, n) for n in bound_names(statements)):
            yield from going


def goes_through_names(statement: Statement) -> bool:
    """True for a call that is given the module's namespace, and for a loop over it."""
    if _NAMESPACES.isdisjoint(statement.effects.reads):
        return False
    node = statement.node
    if isinstance(node, ast.For):
        return any(map(_is_namespace, ast.walk(node.iter)))
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    return any(map(_is_namespace, (*call.args, *(keyword.value for keyword in call.keywords))))


def _is_namespace(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or node.args or node.keywords:
        return False
    return isinstance(node.func, ast.Name) and node.func.id in _NAMESPACES


def bound_names(statements: Iterable[Statement]) -> set[str]:
    """The names that are bound when all statements have run."""
    names: set[str] = set()
    for statement in statements:
        names |= statement.effects.binds
        names -= statement.effects.deletes
    return names
