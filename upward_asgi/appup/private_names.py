"""Private names: inside a class, `__x` is `_C__x`, wherever it is written (Python's reference, 6.2.1)."""

from __future__ import annotations

import ast
import copy

__all__ = ["private_name", "with_private_names"]


def private_name(owner: str, name: str) -> str:
    """What `name` is called inside a class of the name `owner`."""
    private = name.startswith("__") and not name.endswith("__") and "." not in name
    return f"_{owner.lstrip('_')}{name}" if private and owner.strip("_") else name


def with_private_names(node: ast.ClassDef) -> ast.ClassDef:
    """The class with every name in it as Python reads it; itself where nothing is private."""
    found = (getattr(inner, "id", getattr(inner, "attr", "")) for inner in ast.walk(node))
    if all(name == private_name(node.name, name) for name in found):
        return node
    changed = copy.deepcopy(node)
    changed.body = [_Private(node.name).visit(inner) for inner in changed.body]
    return changed


class _Private(ast.NodeTransformer):
    def __init__(self, owner: str) -> None:
        self.owner = owner

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node  # names inside of it are its own

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = private_name(self.owner, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = private_name(self.owner, node.attr)
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = private_name(self.owner, node.arg)
        self.generic_visit(node)
        return node
