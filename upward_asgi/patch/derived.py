"""Attributes that live instances lack because a newer `__init__` sets them.

When `__init__` gains `self.x = …` whose value depends on nothing but constants, the module, the instance
itself and parameters with a default, a live instance gets the value that it would have been made with. When
it depends on an argument that nobody remembers, a live instance cannot follow, and the patch is refused.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from typing import Any

from ..appup.definitions import Statement, class_body
from .hierarchy import with_subclasses
from .journal import Journal
from .refusal import CannotFollow

__all__ = ["NewAttributes", "derive_attributes", "new_attributes"]


class NewAttributes:
    """The attributes that one class's `__init__` has come to set."""

    def __init__(
        self, cls: type, namespace: dict[str, Any], init: Any, assigned: dict[str, ast.expr]
    ) -> None:
        self.cls = cls
        self.namespace = namespace
        self.assigned = assigned
        self.defaults = dict(_defaults(init.args))
        self.itself: str = init.args.args[0].arg
        self.arguments = {arg.arg for arg in _arguments(init.args)} - {self.itself}
        self.line: int = init.lineno

    def give(self, journal: Journal, instance: Any) -> None:
        """Set what the instance lacks. Raises `CannotFollow`."""
        for name, value in self.assigned.items():
            if _has(instance, name):
                continue
            journal.set_attribute(instance, name, self._value(name, value, instance))

    def _value(self, name: str, value: ast.expr, instance: Any) -> Any:
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        if names & (self.arguments - self.defaults.keys()):
            raise self._cannot(name, "depends on an argument of __init__")
        local = {n: eval(_code(d), self.namespace) for n, d in self.defaults.items() if n in names}
        try:
            return eval(_code(value), self.namespace, {**local, self.itself: instance})
        except Exception as error:
            raise self._cannot(name, f"raised {type(error).__name__}: {error}") from error

    def _cannot(self, name: str, why: str) -> CannotFollow:
        cls = self.cls
        return CannotFollow(
            "new_attribute",
            f"live instances of {cls.__module__}:{cls.__qualname__} lack the attribute {name}, which {why}",
            advice="give it a default at class level, or release a minor version",
            line=self.line,
        )


def new_attributes(
    cls: type, namespace: dict[str, Any], older: Statement | None, newer: Statement
) -> NewAttributes | None:
    """What the newer `__init__` sets and no method of the older class did; None when there is nothing."""
    init = _init(newer)
    if older is None or init is None or not older.is_class or not init.args.args:
        return None
    known = _stored(older.node) | {name for inner in class_body(newer) for name in inner.binds}
    assigned = {name: value for name, value in _assigned(init) if name not in known}
    return NewAttributes(cls, namespace, init, assigned) if assigned else None


def derive_attributes(journal: Journal, classes: list[NewAttributes]) -> None:
    """Give every live instance of the classes what it lacks: one pass over the heap for all of them."""
    by_class = {sub: new for new in classes for sub in with_subclasses(new.cls)}
    if not by_class:
        return
    for item in gc.get_referrers(*by_class):
        new = by_class.get(type(item))
        if new is not None:
            new.give(journal, item)


def _init(statement: Statement) -> Any:
    found = (s.node for s in class_body(statement) if s.is_function and s.binds == ("__init__",))
    return next((node for node in found if isinstance(node, ast.FunctionDef)), None)


def _assigned(init: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """`self.x = value` at the top of `__init__`, in order."""
    itself = init.args.args[0].arg
    for node in init.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        for target in targets:
            if value is not None and isinstance(target, ast.Attribute) and _is_name(target.value, itself):
                yield target.attr, value


def _stored(node: ast.AST) -> set[str]:
    """Every attribute that some method of the class stores."""
    attributes = (n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return {attribute.attr for attribute in attributes}


def _defaults(args: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*args.posonlyargs, *args.args]
    for arg, default in zip(reversed(positional), reversed(args.defaults), strict=False):
        yield arg.arg, default
    for arg, given in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if given is not None:
            yield arg.arg, given


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (arg for arg in (args.vararg, args.kwarg) if arg is not None)


def _has(instance: Any, name: str) -> bool:
    try:
        object.__getattribute__(instance, name)
    except AttributeError:
        return False
    return True


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _code(node: ast.expr) -> Any:
    return compile(ast.fix_missing_locations(ast.Expression(node)), "<derived attribute>", "eval")
