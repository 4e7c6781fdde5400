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

from ..appup.attributes import assigned_in, gained_attributes, init_of
from ..appup.definitions import Statement
from .hierarchy import with_subclasses
from .journal import Journal
from .refusal import CannotFollow

__all__ = ["NewAttributes", "derive_attributes", "has_attribute", "new_attributes"]


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
        self.remembered = {p: attribute for attribute, p in _kept_arguments(init, assigned)}
        self.line: int = init.lineno

    def give(self, journal: Journal, instance: Any) -> None:
        """Set what the instance lacks. Raises `CannotFollow`."""
        for name, value in self.assigned.items():
            if has_attribute(instance, name):
                continue
            journal.set_attribute(instance, name, self._value(name, value, instance))

    def _value(self, name: str, value: ast.expr, instance: Any) -> Any:
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        if names & (self.arguments - self.defaults.keys() - self.remembered.keys()):
            raise self._cannot(name, "depends on an argument of __init__")
        local = {n: eval(_code(d), self.namespace) for n, d in self.defaults.items() if n in names}
        kept = {p: a for p, a in self.remembered.items() if p in names and has_attribute(instance, a)}
        local.update((p, object.__getattribute__(instance, a)) for p, a in kept.items())
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
    gained = gained_attributes(older, newer)
    return NewAttributes(cls, namespace, init_of(newer), gained) if gained else None


def derive_attributes(journal: Journal, classes: list[NewAttributes]) -> None:
    """Give every live instance of the classes what it lacks: one pass over the heap for all of them."""
    by_class = {sub: new for new in classes for sub in with_subclasses(new.cls)}
    if not by_class:
        return
    for item in gc.get_referrers(*by_class):
        new = by_class.get(type(item))
        if new is not None:
            new.give(journal, item)


def _kept_arguments(init: Any, assigned: dict[str, ast.expr]) -> Iterator[tuple[str, str]]:
    """Arguments that `__init__` keeps as they come, in attributes that live instances have: `self.x = x`."""
    for attribute, value in assigned_in(init):
        if isinstance(value, ast.Name) and attribute not in assigned:
            yield attribute, value.id


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


def has_attribute(instance: Any, name: str) -> bool:
    """True when the instance or its class has the attribute; no `__getattr__` of the application runs."""
    try:
        object.__getattribute__(instance, name)
    except AttributeError:
        return False
    return True


def _code(node: ast.expr) -> Any:
    return compile(ast.fix_missing_locations(ast.Expression(node)), "<derived attribute>", "eval")
