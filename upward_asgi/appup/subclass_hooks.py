"""What `__init_subclass__` of a class sets on the classes below it, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .definitions import Statement

__all__ = ["HOOK", "hook_changed", "set_by_hook"]

HOOK = "__init_subclass__"


def hook_changed(older: Statement | None, newer: Statement) -> bool:
    """True when the hook came or went, or sets other attributes: the classes below are to be made again."""
    if older is None or not (older.is_class and newer.is_class):
        return False
    return (_hook(older) is None) != (_hook(newer) is None) or set_by_hook(older) != set_by_hook(newer)


def set_by_hook(statement: Statement | None) -> frozenset[str]:
    """The attributes that the hook sets on every class below."""
    hook = _hook(statement)
    return frozenset() if hook is None else frozenset(_stored(hook))


def _hook(statement: Statement | None) -> ast.FunctionDef | None:
    if statement is None or not statement.is_class:
        return None
    functions = (node for node in statement.class_as_read.body if isinstance(node, ast.FunctionDef))
    return next((node for node in functions if node.name == HOOK and node.args.args), None)


def _stored(hook: ast.FunctionDef) -> Iterator[str]:
    cls = hook.args.args[0].arg
    attributes = (node for node in ast.walk(hook) if isinstance(node, ast.Attribute))
    for node in attributes:
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and node.value.id == cls:
            yield node.attr
