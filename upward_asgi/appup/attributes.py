"""Instance attributes that a class's `__init__` sets, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .definitions import Statement, class_body

__all__ = ["assigned_in", "gained_attributes", "init_of"]


def init_of(statement: Statement) -> ast.FunctionDef | None:
    """The `__init__` of a class statement, when it has one with an instance to set attributes of."""
    found = (s.node for s in class_body(statement) if s.is_function and s.binds == ("__init__",))
    init = next((node for node in found if isinstance(node, ast.FunctionDef)), None)
    return init if init is not None and init.args.args else None


def assigned_in(init: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """`self.x = value` at the top of `__init__`, in order."""
    itself = init.args.args[0].arg
    for node in init.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        for target in targets:
            if value is not None and isinstance(target, ast.Attribute) and _is_name(target.value, itself):
                yield target.attr, value


def gained_attributes(older: Statement | None, newer: Statement) -> dict[str, ast.expr]:
    """What the newer `__init__` sets and no method of the older class did, nor the class itself."""
    if older is None or not (older.is_class and newer.is_class):
        return {}
    init = init_of(newer)
    if init is None:
        return {}
    known = _stored(older.node) | {name for inner in class_body(newer) for name in inner.binds}
    return {name: value for name, value in assigned_in(init) if name not in known}


def _stored(node: ast.AST) -> set[str]:
    """Every attribute that some method of the class stores."""
    attributes = (n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return {attribute.attr for attribute in attributes}


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
