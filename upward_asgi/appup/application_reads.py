"""What an application is made of: every definition that building it looks at, however far away.

A framework reads signatures (parameters, defaults, annotations, docstrings) of the functions it is given
and of what they depend on, and builds schemas from models and the models in them. Such a definition may be
patched in place, with its identity kept, and still make every route stale that was built from it. Bodies
matter only of functions that building calls: factories.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .applications import Application, Applications, calls_in
from .definitions import FUNCTIONS, Statement
from .names import dotted_names, effects_of
from .scopes import Scopes

__all__ = ["Reach", "reach_of"]

Place = tuple[str, int]


@dataclass(slots=True)
class Reach:
    """What building one application reads."""

    names: set[str] = field(default_factory=set)
    """Definitions, as `module:name`."""
    looked_at: dict[Place, Statement] = field(default_factory=dict)
    """The statements behind them: how they look from outside matters."""
    called: dict[Place, Statement] = field(default_factory=dict)
    """Functions and classes among them that building calls: what they do matters too."""


def reach_of(application: Application, applications: Applications, scopes: Scopes) -> Reach:
    """Follow names from the statements that build the application, until nothing more is found."""
    return _Walk(applications, scopes).of(application)


class _Walk:
    def __init__(self, applications: Applications, scopes: Scopes) -> None:
        self.applications = applications
        self.scopes = scopes
        self.reach = Reach()
        self.waiting: list[tuple[str, Iterable[str], bool]] = []

    def of(self, application: Application) -> Reach:
        for module, indexes in application.statements.items():
            for index in indexes:
                statement = self.scopes.statements(module)[index]
                self.reach.looked_at[module, index] = statement
                self._look(statement)
                if not isinstance(statement.node, (*FUNCTIONS, ast.ClassDef)):
                    self._calls(module, statement.node)
        while self.waiting:
            module, names, called = self.waiting.pop()
            for dotted in names:
                self._follow(module, dotted, called)
        return self.reach

    def _follow(self, module: str, dotted: str, called: bool) -> None:
        for name in self.scopes.resolve(module, dotted):
            self.reach.names.add(name)
            home, _, rest = name.partition(":")
            if home not in self.scopes.tree or "." in rest:
                continue
            for statement in self.scopes.statements(home):
                if rest in statement.effects.binds and not statement.is_import:
                    self._visit(statement, called)

    def _visit(self, statement: Statement, called: bool) -> None:
        place = (statement.module, statement.index)
        if place not in self.reach.looked_at:
            self.reach.looked_at[place] = statement
            self._look(statement)
        callable_ = statement.is_function or statement.is_class
        if called and callable_ and place not in self.reach.called:
            self.reach.called[place] = statement
            for node in called_bodies(statement):
                self.waiting.append((statement.module, list(dotted_names(node)), False))
                self._calls(statement.module, node)

    def _look(self, statement: Statement) -> None:
        """What the statement reads when it runs, annotations included even where they are kept as text."""
        effects = effects_of(statement.node, package=statement.package, future_annotations=False)
        self.waiting.append((statement.module, effects.reads, False))
        self.waiting.append((statement.module, list(_quoted(statement.node)), False))

    def _calls(self, module: str, node: ast.AST) -> None:
        names = [name for call in calls_in(node) for name in dotted_names(call.func)]
        self.waiting.append((module, names, True))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            self.waiting.append((module, list(dotted_names(node.value)), True))  # `app.openapi = custom`


def called_bodies(statement: Statement) -> Iterator[ast.AST]:
    """The code that runs when the function, or the class, is called: not that of functions inside it."""
    if statement.is_function:
        yield without_inner(statement.node)
        return
    methods = {node.name: node for node in getattr(statement.node, "body", ()) if isinstance(node, FUNCTIONS)}
    wanted, seen = ["__init__", "__new__", "setup"], set()
    while wanted:
        name = wanted.pop()
        if name in methods and name not in seen:
            seen.add(name)
            yield without_inner(methods[name])
            own = (n for n in dotted_names(methods[name]) if n.startswith("self."))
            wanted.extend(n.split(".")[1] for n in own)


def without_inner(node: ast.AST) -> ast.AST:
    """The function without the bodies of the functions in it, unless it calls them itself."""
    called = {call.func.id for call in calls_in(node) if isinstance(call.func, ast.Name)}
    copied = ast.parse(ast.unparse(node))
    for inner in ast.walk(copied.body[0]):
        if isinstance(inner, FUNCTIONS) and inner is not copied.body[0] and inner.name not in called:
            doc = inner.body[:1] if ast.get_docstring(inner) is not None else []
            inner.body = [*doc, ast.Pass()]
    return copied.body[0]


def _quoted(node: ast.AST) -> Iterator[str]:
    """Names in annotations that are written as strings."""
    for inner in ast.walk(node):
        annotation = getattr(inner, "annotation", None) or getattr(inner, "returns", None)
        for part in ast.walk(annotation) if isinstance(annotation, ast.AST) else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    yield from dotted_names(ast.parse(part.value, mode="eval"))
                except SyntaxError:  # a string that is no annotation: `Literal["a b"]`
                    continue
