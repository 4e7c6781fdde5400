"""Attributes that live instances lack because a newer `__init__` sets them.

When `__init__` gains `self.x = …` whose value depends on nothing but constants, the module, the instance
itself and parameters with a default, a live instance gets the value that it would have been made with. When
it depends on an argument that nobody remembers, a live instance cannot follow, and the patch is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ..appup.attributes import GainedAttribute, assigned_in, gained_attributes, init_of
from ..appup.definitions import Statement
from .heap import instances
from .hierarchy import with_subclasses
from .journal import Journal
from .refusal import CannotFollow

__all__ = ["NewAttributes", "derive_attributes", "has_attribute", "new_attributes"]


class NewAttributes:
    """The attributes that making an instance of one class has come to set."""

    def __init__(
        self,
        cls: type,
        namespace: dict[str, Any],
        init: ast.FunctionDef,
        gained: tuple[GainedAttribute, ...],
    ) -> None:
        self.cls = cls
        self.gained = gained
        self.line: int = init.lineno
        names = {attribute.name for attribute in gained}
        self.scopes = {g.function.name: _Scope(g.function, namespace, names) for g in gained}

    def give(self, journal: Journal, instance: Any) -> None:
        """Set what the instance lacks. Raises `CannotFollow`."""
        lacks = {g.name for g in self.gained if not has_attribute(instance, g.name)}
        for attribute in self.gained:
            if attribute.name not in lacks:
                continue
            names = self.scopes[attribute.function.name].known(instance)
            if not all(self._value(attribute, test, names) == holds for test, holds in _truths(attribute)):
                continue
            if attribute.value is None:
                raise self._cannot(attribute.name, "is set by more than one assignment can say")
            journal.set_attribute(instance, attribute.name, self._value(attribute, attribute.value, names))

    def _value(self, attribute: GainedAttribute, value: ast.expr, names: _Names) -> Any:
        try:
            return names.value(value)
        except _Unknown:
            raise self._cannot(attribute.name, "depends on an argument of __init__") from None
        except Exception as error:
            raise self._cannot(attribute.name, f"raised {type(error).__name__}: {error}") from error

    def _cannot(self, name: str, why: str) -> CannotFollow:
        cls = self.cls
        return CannotFollow(
            "new_attribute",
            f"live instances of {cls.__module__}:{cls.__qualname__} lack the attribute {name}, which {why}",
            advice="give it a default at class level, or release a minor version",
            line=self.line,
        )


def _truths(attribute: GainedAttribute) -> Iterator[tuple[ast.expr, bool]]:
    """The conditions, each as an expression that is True or False."""
    for test, holds in attribute.guards:
        negated = ast.UnaryOp(ast.Not(), test)
        yield ast.copy_location(ast.UnaryOp(ast.Not(), ast.copy_location(negated, test)), test), holds


class _Unknown(Exception):
    """A name whose value nobody remembers."""


class _Scope:
    """The names of one method: its parameters, and what it assigns at its top."""

    def __init__(self, function: ast.FunctionDef, namespace: dict[str, Any], gained: set[str]) -> None:
        self.namespace = namespace
        self.itself = function.args.args[0].arg
        self.arguments = {argument.arg for argument in _arguments(function.args)} - {self.itself}
        self.defaults = dict(_defaults(function.args))
        self.remembered = {p: attribute for attribute, p in _kept_arguments(function, gained)}
        stored = list(_stored_in(function))
        self.local = set(stored)
        self.assigned = {
            target.id: node.value
            for node in function.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and stored.count(target.id) == 1
        }

    def known(self, instance: Any) -> _Names:
        return _Names(self, instance)


_SCOPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _inner(node: ast.AST) -> set[str]:
    """The names that comprehensions and lambdas inside the node have for themselves."""
    found = {arg.arg for n in ast.walk(node) if isinstance(n, ast.Lambda) for arg in _arguments(n.args)}
    comprehensions = (inner for inner in ast.walk(node) if isinstance(inner, _SCOPES))
    targets = (generator.target for made in comprehensions for generator in made.generators)
    return found | {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def _stored_in(node: ast.AST) -> Iterator[str]:
    """The names that the node's own scope stores."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            continue
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        yield from _stored_in(child)


class _Names:
    """What the names of a method would stand for when it made this instance; worked out when asked for."""

    def __init__(self, scope: _Scope, instance: Any) -> None:
        self.scope = scope
        self.instance = instance
        self.found: dict[str, Any] = {scope.itself: instance}
        self.arguments: dict[str, Any] = {}

    def value(self, expression: ast.expr) -> Any:
        """The expression's value. Raises `_Unknown`, and whatever it raises itself."""
        names = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)} - _inner(expression)
        local = {name: self._local(name) for name in names & (self.scope.local | self.scope.arguments)}
        # As globals all of them, since a comprehension would not see the locals of `eval`.
        return eval(_code(expression), {**self.scope.namespace, **local, self.scope.itself: self.instance})

    def _local(self, name: str) -> Any:
        if name not in self.found:
            kept = self.scope.remembered.get(name)
            if kept is not None and has_attribute(self.instance, kept):
                self.found[name] = object.__getattribute__(self.instance, kept)
            elif name in self.scope.assigned:
                self.found[name] = self._assigned(name)
            else:
                self.found[name] = self._argument(name)
        return self.found[name]

    def _assigned(self, name: str) -> Any:
        """What the method makes of it, which may be made of an argument of the same name."""
        if name in self.scope.arguments:
            self.found[name] = self._argument(name)
        else:
            self.found[name] = None
        return self.value(self.scope.assigned[name])

    def _argument(self, name: str) -> Any:
        scope = self.scope
        if name not in scope.arguments or (name in scope.local and name not in scope.assigned):
            raise _Unknown(name)
        if name not in scope.defaults:
            raise _Unknown(name)
        return eval(_code(scope.defaults[name]), scope.namespace)


def new_attributes(
    cls: type, namespace: dict[str, Any], older: Statement | None, newer: Statement
) -> NewAttributes | None:
    """What the newer `__init__` sets and no method of the older class did; None when there is nothing."""
    gained = gained_attributes(older, newer)
    init = init_of(newer) if gained else None
    return None if init is None else NewAttributes(cls, namespace, init, gained)


def derive_attributes(journal: Journal, classes: list[NewAttributes]) -> None:
    """Give every live instance of the classes what it lacks: one pass over the heap for all of them."""
    by_class = {sub: new for new in classes for sub in with_subclasses(new.cls)}
    if not by_class:
        return
    for item in instances(by_class):
        by_class[type(item)].give(journal, item)


def _kept_arguments(init: ast.FunctionDef, gained: set[str]) -> Iterator[tuple[str, str]]:
    """Arguments that `__init__` keeps as they come, in attributes that live instances have: `self.x = x`."""
    for attribute, value in assigned_in(init):
        if isinstance(value, ast.Name) and attribute not in gained:
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
