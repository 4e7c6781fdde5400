"""Building ASGI applications and routers again: exactly what builds them, on the living objects.

The ordinary instructions run first; they define functions without the decorators that register them
(`unregistered`). Then, in the order in which a fresh start would run them, the statements of all applications
that are to be built again run (`rebuild`): the maker makes the living object anew in place, decorators are
called with the living functions, other statements run as they are written.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from ..appup.applications import Applications
from ..appup.definitions import Statement
from ..appup.diff import Change
from ..appup.import_order import fresh_order
from ..appup.instructions import Instruction, RebuildApp
from ..appup.scopes import Scopes, key
from .frameworks import Rebuilt, become_application, forget_kinds, framework_of, make_again
from .functions import functions_under
from .heap import referrers
from .holders import namespace_of, show_holders
from .journal import MISSING, Journal
from .module_run import ModuleRun, Progress
from .settling import settle

__all__ = ["Rebuilding"]

_NOTHING = "__upward_registered__"
"""Stands for a decorator that registers a function; the registering is done later."""
_MAKE = "__upward_make__"
"""Called in the place of what makes an application."""


class Rebuilding:
    """The applications that a patch builds again; made off the event loop."""

    def __init__(self, instructions: Sequence[Instruction], scopes: Scopes) -> None:
        self._scopes = scopes
        self._rebuilds = [i for i in instructions if isinstance(i, RebuildApp)]
        self._homes = {key(i.home or i.module, i.name) for i in self._rebuilds}
        self._applications = Applications(scopes)
        if self._rebuilds:
            self._applications.find()  # reading every module takes long: not in the patch itself
        modules = {i.module for i in self._rebuilds}
        self._order = tuple(fresh_order(scopes, modules, _living(scopes))) if self._rebuilds else ()

    @contextmanager
    def unregistered(self, run: ModuleRun, statement: Statement) -> Iterator[tuple[ModuleRun, Statement]]:
        """The statement to run with every decorator that registers its function made to do nothing."""
        which = self._applications.decorators(statement, self._homes) if self._rebuilds else ()
        if not any(which):
            yield run, statement
            return
        stripped = _with_decorators(statement, which)
        change = run.changes.get(statement.index)
        if change is not None:
            older = _older_without(change, stripped, which)
            changes = {**run.changes, statement.index: Change(change.how, older, stripped)}
            run = dataclasses.replace(run, changes=changes)
        run.namespace[_NOTHING] = _itself
        try:
            yield run, stripped
        finally:
            run.namespace.pop(_NOTHING, None)

    def rebuild(self, progress: Progress, module_run: Callable[[str], ModuleRun | None]) -> int:
        """Run what builds the applications; returns how many statements ran."""
        due = [r for r in self._rebuilds if not r.when or not progress.dirty.isdisjoint(r.when)]
        if not due:
            return 0
        forget_kinds(progress.journal)
        build = _Build(self._applications, progress, due)
        ran = 0
        for statement in self._order:
            run = module_run(statement.module)
            if run is not None:
                ran += build.run(run, statement)
        build.finish()
        return ran


def _living(scopes: Scopes) -> list[str]:
    return [name for name in list(sys.modules) if name in scopes.tree]


def _itself(function: object) -> object:
    return function


class _AtLine(Statement):
    """A statement without its decorators, that still starts at the line of the first."""

    @property
    def line(self) -> int:
        return self.node.decorator_list[0].lineno  # type: ignore[attr-defined, no-any-return]


def _with_decorators(statement: Statement, which: Sequence[bool]) -> Statement:
    node: Any = copy.copy(statement.node)
    node.decorator_list = [
        ast.copy_location(ast.Name(_NOTHING, ast.Load()), decorator) if registers else decorator
        for decorator, registers in zip(node.decorator_list, which, strict=True)
    ]
    return _AtLine(statement.module, statement.index, node, statement.package, statement.future_annotations)


def _older_without(change: Change, stripped: Statement, which: Sequence[bool]) -> Statement | None:
    """The older self, with the decorators of the new one where only registering ones differ."""
    older = change.old
    if older is None or not older.is_function:
        return older
    new: Any = stripped.node
    old: Any = copy.copy(older.node)
    kept = [ast.dump(d) for d, registers in zip(new.decorator_list, which, strict=True) if not registers]
    registering = {_head(d) for d in _registering(change.new, which)}
    others = [ast.dump(d) for d in old.decorator_list if _head(d) not in registering]
    if others in (kept, [ast.dump(d) for d in new.decorator_list]):
        old.decorator_list = new.decorator_list
    return Statement(older.module, older.index, old, older.package, older.future_annotations)


def _registering(statement: Statement | None, which: Sequence[bool]) -> Iterator[ast.expr]:
    node: Any = statement.node if statement is not None else None
    for decorator, registers in zip(node.decorator_list if node else (), which, strict=False):
        if registers:
            yield decorator


def _head(node: ast.expr) -> str:
    """The name that a decorator starts with."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "func", None) or getattr(node, "value", None)
        if not isinstance(inner, ast.expr):
            return ""
        node = inner
    return node.id


class _Build:
    """The step on the event loop."""

    def __init__(
        self,
        applications: Applications,
        progress: Progress,
        due: Sequence[RebuildApp],
    ) -> None:
        self.applications = applications
        self.progress = progress
        self.due = {key(r.home or r.module, r.name): r for r in due if r.home is None}
        self.homes = {key(r.home or r.module, r.name) for r in due}
        self.places = {(r.module, index) for r in due for index in r.statements}
        self.rebuilt: dict[str, list[Rebuilt]] = {}
        self.old = {home: _bound(home) for home in self.homes}
        _forget_cached(self.journal, [old for old in self.old.values() if old is not MISSING])

    @property
    def journal(self) -> Journal:
        return self.progress.journal

    def run(self, run: ModuleRun, statement: Statement) -> bool:
        if (statement.module, statement.index) not in self.places:
            return False
        made = [h for h in self.applications.built_by(statement) if self._made_by(statement, h)]
        if made:
            self._make(run, statement, made)
        elif statement.is_function:
            self._register(run, statement)
        else:
            self._plain(run, statement)
        return True

    def finish(self) -> None:
        """What the running service put on the applications stays; all refer to the living objects."""
        for home, several in self.rebuilt.items():
            dropped = self.due[home].dropped if home in self.due else ()
            for rebuilt in several:
                rebuilt.keep_the_rest(self.journal, dropped)
        show_holders(self.journal, self.progress.superseded)

    # Makers

    def _made_by(self, statement: Statement, home: str) -> bool:
        return home in self.homes and self.applications.is_maker(statement, home)

    def _make(self, run: ModuleRun, statement: Statement, homes: list[str]) -> None:
        for home in homes:
            application = self.applications.all[home]
            last = application.makers[-1] == statement.index
            self._exec_maker(run, statement, home, in_place=len(application.makers) == 1)
            if last:
                self._settle(run, home)

    def _exec_maker(self, run: ModuleRun, statement: Statement, home: str, *, in_place: bool) -> None:
        old, name = self.old[home], home.partition(":")[2]

        def make(made_by: Any, *args: Any, **kwargs: Any) -> Any:
            again = None
            if in_place and old is not MISSING and isinstance(made_by, type):
                again = make_again(self.journal, old, made_by, args, kwargs)
            if again is None:
                return made_by(*args, **kwargs)
            self.rebuilt.setdefault(home, []).append(again)
            return old

        run.namespace[_MAKE] = make
        try:
            exec(run.compile(_MakerCall(name).visit(copy.deepcopy(statement.node))), run.namespace)
        finally:
            run.namespace.pop(_MAKE, None)

    def _settle(self, run: ModuleRun, home: str) -> None:
        old, name = self.old[home], home.partition(":")[2]
        new = run.namespace.get(name, MISSING)
        if old is MISSING or new is old:
            return
        rebuilt = become_application(self.journal, old, new, self.progress.superseded)
        if not rebuilt:
            self.progress.superseded.append((old, new))
            self.progress.notes.append(f"{home} is another object now: the old one cannot become the new one")
            return
        self.rebuilt.setdefault(home, []).extend(rebuilt)
        self.journal.set_item(run.namespace, name, old)

    # Everything that acts on an application

    def _register(self, run: ModuleRun, statement: Statement) -> None:
        """Call the decorators that register the function with the living function."""
        node: Any = statement.node
        which = self.applications.decorators(statement, self.homes)
        if not any(which):
            return
        level = self._level(run, statement, which)
        if level is MISSING:
            self._plain(run, statement)
            return
        result = level
        for decorator, registers in reversed(list(zip(node.decorator_list, which, strict=True))):
            if registers:
                result = self._evaluate(run, decorator)(result)
        if result is not level and which[0]:
            self.journal.set_item(run.namespace, node.name, settle(run, statement, level, result))

    def _level(self, run: ModuleRun, statement: Statement, which: Sequence[bool]) -> Any:
        """The living object that the registering decorators are called with."""
        node: Any = statement.node
        bound = run.namespace.get(node.name, MISSING)
        registers = self.applications.decorators(statement)
        first, last = registers.index(True), len(registers) - 1 - tuple(reversed(registers)).index(True)
        if not all(registers[first : last + 1]):
            return MISSING
        if first == 0:
            return bound if run.binds_last(statement, node.name) else _hidden(run, statement)
        if last < len(registers) - 1:
            return MISSING
        own = (f for f in functions_under(bound) if f.__globals__ is run.namespace)
        return next((f for f in own if f.__code__.co_qualname == node.name), MISSING)

    def _evaluate(self, run: ModuleRun, expression: ast.expr) -> Any:
        node = ast.copy_location(ast.Assign([ast.Name(_NOTHING, ast.Store())], expression), expression)
        exec(run.compile(ast.fix_missing_locations(node)), run.namespace)
        return run.namespace.pop(_NOTHING)

    def _plain(self, run: ModuleRun, statement: Statement) -> None:
        """Run the statement as it is written; living definitions become those that it made."""
        before = {name: run.namespace.get(name, MISSING) for name in statement.effects.binds}
        exec(run.compile(statement.node), run.namespace)
        for name, old in before.items():
            new = run.namespace.get(name, MISSING)
            if new is not old and (statement.is_class or isinstance(new, FunctionType)):
                final = settle(run, statement, old, new)
                self.journal.set_item(run.namespace, name, final)
                if final is not old:
                    run.mark_dirty(name)


def _hidden(run: ModuleRun, statement: Statement) -> Any:
    """The living function that is found under no name: a later one of the module took it."""
    name: str = statement.node.name  # type: ignore[attr-defined]
    codes = ((function, function.__code__) for function in run.living())
    return next((f for f, c in codes if (c.co_qualname, c.co_firstlineno) == (name, statement.line)), MISSING)


class _MakerCall(ast.NodeTransformer):
    """`name = call(…)` to `name = __upward_make__(call, …)`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return self._wrap(node, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return self._wrap(node, [node.target])

    def _wrap(self, node: Any, targets: Iterable[ast.expr]) -> ast.AST:
        names = (target.id for target in targets if isinstance(target, ast.Name))
        if self.name in names and isinstance(node.value, ast.Call):
            call = node.value
            make = ast.copy_location(ast.Name(_MAKE, ast.Load()), call.func)
            node.value = ast.copy_location(ast.Call(make, [call.func, *call.args], call.keywords), call)
        made: ast.AST = ast.fix_missing_locations(node)
        return made


def _bound(home: str) -> Any:
    module, _, name = home.partition(":")
    live = sys.modules.get(module)
    return MISSING if live is None else live.__dict__.get(name, MISSING)


def _forget_cached(journal: Journal, lives: list[Any]) -> None:
    """Whoever includes a rebuilt router without being built again asks it anew."""
    names = {name for live in lives for name in _caches(live)}
    if not names:
        return
    wanted = set(map(id, lives))
    for holder in referrers(tuple(lives)):
        namespace = holder if type(holder) is dict else namespace_of(holder)
        if any(id(value) in wanted for value in namespace.values()):
            for name in names & namespace.keys():
                journal.set_item(namespace, name, None)


def _caches(live: object) -> tuple[str, ...]:
    framework = framework_of(type(live))
    return framework.inner if framework else ()
