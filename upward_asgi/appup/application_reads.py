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

__all__ = ["Reach", "Reaches", "called_bodies"]

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


class Reaches:
    """What building each application of a release reads; what a statement reads is worked out once."""

    def __init__(self, applications: Applications, scopes: Scopes) -> None:
        self._applications = applications
        self._scopes = scopes
        self._of: dict[str, Reach] = {}
        self._seen: dict[Place, _Names] = {}
        self._run: dict[Place, tuple[_Names, _Names]] = {}

    def of(self, application: Application) -> Reach:
        """Follow names from the statements that build the application, until nothing more is found."""
        if application.key not in self._of:
            self._of[application.key] = self._walk(application)
        return self._of[application.key]

    def _walk(self, application: Application) -> Reach:
        reach, waiting = Reach(), _Waiting()
        for module, indexes in application.statements.items():
            for index in indexes:
                statement = self._scopes.statements(module)[index]
                reach.looked_at[module, index] = statement
                waiting.add(self.looked_at(statement), called=False)
                if not isinstance(statement.node, (*FUNCTIONS, ast.ClassDef)):
                    waiting.add(self._called_in(module, statement.node), called=True)
        while waiting:
            name, called = waiting.pop()
            reach.names.add(name)
            home, _, rest = name.partition(":")
            if home in self._scopes.tree and "." not in rest:
                for statement in self._scopes.binding(home, rest):
                    if not statement.is_import:
                        self._visit(statement, called, reach, waiting)
        return reach

    def _visit(self, statement: Statement, called: bool, reach: Reach, waiting: _Waiting) -> None:
        place = (statement.module, statement.index)
        if place not in reach.looked_at:
            reach.looked_at[place] = statement
            waiting.add(self.looked_at(statement), called=False)
        callable_ = statement.is_function or statement.is_class
        if called and callable_ and place not in reach.called:
            reach.called[place] = statement
            read, run = self.run_by(statement)
            waiting.add(read, called=False)
            waiting.add(run, called=True)

    def looked_at(self, statement: Statement) -> _Names:
        """What the statement reads when it runs, annotations included even where they are kept as text."""
        place = (statement.module, statement.index)
        if place not in self._seen:
            effects = effects_of(statement.node, package=statement.package, future_annotations=False)
            self._seen[place] = self._meant(statement.module, [*effects.reads, *_quoted(statement.node)])
        return self._seen[place]

    def run_by(self, statement: Statement) -> tuple[_Names, _Names]:
        """What calling the function or class reads, and what it calls in turn."""
        place = (statement.module, statement.index)
        if place not in self._run:
            read, run = set[str](), set[str]()
            for node in called_bodies(statement):
                read |= self._meant(statement.module, dotted_names(node))
                run |= self._called_in(statement.module, node)
            self._run[place] = frozenset(read), frozenset(run)
        return self._run[place]

    def _called_in(self, module: str, node: ast.AST) -> _Names:
        names = [name for call in calls_in(node) for name in dotted_names(call.func)]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
            names += dotted_names(node.value)  # `app.openapi = custom`
        return self._meant(module, names)

    def _meant(self, module: str, names: Iterable[str]) -> _Names:
        return frozenset(found for dotted in set(names) for found in self._scopes.resolve(module, dotted))


_Names = frozenset[str]


class _Waiting:
    """Names still to be followed; one that is called is followed again if it was only looked at before."""

    def __init__(self) -> None:
        self._names: list[tuple[str, bool]] = []
        self._known: tuple[set[str], set[str]] = (set(), set())

    def __bool__(self) -> bool:
        return bool(self._names)

    def add(self, names: _Names, *, called: bool) -> None:
        known = self._known[called]
        self._names += [(name, called) for name in names - known]
        known |= names

    def pop(self) -> tuple[str, bool]:
        return self._names.pop()


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
