"""Empty containers as they are written: what live state is kept in most often."""

from __future__ import annotations

import ast

__all__ = ["empty_container"]

_MAKERS = frozenset(
    {
        "dict",
        "list",
        "set",
        "deque",
        "defaultdict",
        "OrderedDict",
        "WeakSet",
        "WeakValueDictionary",
        "WeakKeyDictionary",
    }
)


def empty_container(value: ast.expr | None) -> str | None:
    """The kind of empty container that an expression makes, however it is written; None for anything else."""
    if isinstance(value, ast.Dict):
        return None if value.keys else "dict"
    if isinstance(value, ast.List):
        return None if value.elts else "list"
    if not isinstance(value, ast.Call) or value.keywords:
        return None
    name = _called(value)
    if name not in _MAKERS:
        return None
    if name == "defaultdict" and len(value.args) == 1:
        return f"defaultdict of {ast.dump(value.args[0])}"
    return None if value.args else name


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
