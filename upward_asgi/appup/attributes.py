"""Instance attributes that a class comes to set, read from its source.

What counts is what making an instance sets: `__init__`, and the methods that it calls on the instance without
arguments. An attribute that is set there at most behind `if`s has a value that can be worked out for an
instance that was made before; one that is set in a loop or the like has none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .definitions import Statement
from .private_names import private_name

__all__ = ["GainedAttribute", "Guard", "assigned_in", "gained_attributes", "init_of"]

Guard = tuple[ast.expr, bool]
"""A condition, and whether it must hold."""


@dataclass(frozen=True)
class GainedAttribute:
    """One place where the newer class sets an attribute that no method of the older one stores."""

    name: str
    value: ast.expr | None
    """None: what it is depends on more than one expression."""
    guards: tuple[Guard, ...]
    function: ast.FunctionDef
    """The method that sets it."""


def init_of(statement: Statement) -> ast.FunctionDef | None:
    """The `__init__` of a class statement, when it has one with an instance to set attributes of."""
    return _methods(statement.class_as_read).get("__init__") if statement.is_class else None


def assigned_in(init: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """`self.x = value` at the top of `__init__`, in order."""
    found = (gained for gained in _assigned(init) if not gained.guards and gained.value is not None)
    yield from ((gained.name, gained.value) for gained in found if gained.value is not None)


def gained_attributes(older: Statement | None, newer: Statement) -> tuple[GainedAttribute, ...]:
    """What making an instance of the newer class sets and no method of the older one did, nor the class."""
    if older is None or not (older.is_class and newer.is_class):
        return ()
    cls, methods = newer.binds[0], _methods(newer.class_as_read)
    init = methods.get("__init__")
    if init is None:
        return ()
    bound = (name for inner in newer.body for name in inner.binds)
    known = _stored(older.class_as_read) | {private_name(cls, name) for name in bound}
    named = {private_name(cls, name): method for name, method in methods.items()}
    functions = [init, *(named[name] for name in _called(init) if name in named)]
    return tuple(
        gained for function in functions for gained in _assigned(function) if gained.name not in known
    )


def _methods(cls: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in cls.body if isinstance(node, ast.FunctionDef) and node.args.args}


def _called(init: ast.FunctionDef) -> Iterator[str]:
    """`self.setup()` at the top of `__init__`."""
    for node in init.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            bare = not call.args and not call.keywords
            if bare and _is_name(call.func.value, init.args.args[0].arg):
                yield call.func.attr


def _assigned(function: ast.FunctionDef) -> Iterator[GainedAttribute]:
    yield from _in_body(function.body, (), function)


def _in_body(
    body: list[ast.stmt], guards: tuple[Guard, ...], function: ast.FunctionDef
) -> Iterator[GainedAttribute]:
    for node in body:
        if isinstance(node, ast.If):
            yield from _in_body(node.body, (*guards, (node.test, True)), function)
            yield from _in_body(node.orelse, (*guards, (node.test, False)), function)
            continue
        targets, value = _targets(node)
        plain = {name for target in targets for name in _own(target, function)}
        yield from (GainedAttribute(name, value, guards, function) for name in sorted(plain))
        others = {name for inner in ast.walk(node) for name in _own(inner, function)} - plain
        yield from (GainedAttribute(name, None, guards, function) for name in sorted(others))


def _targets(node: ast.stmt) -> tuple[list[ast.expr], ast.expr | None]:
    if isinstance(node, ast.Assign):
        return node.targets, node.value
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return [node.target], node.value
    return [], None


def _own(node: ast.AST, function: ast.FunctionDef) -> Iterator[str]:
    """The `x` of a `self.x` that is stored."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
        return
    if _is_name(node.value, function.args.args[0].arg):
        yield node.attr


def _stored(node: ast.AST) -> set[str]:
    """Every attribute that some method of the class stores."""
    attributes = (n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return {attribute.attr for attribute in attributes}


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
