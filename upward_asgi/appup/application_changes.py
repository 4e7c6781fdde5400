"""Which applications a patch builds again, and when.

An application is built again when one of the statements that build it came, went, changed or moved among the
others, when the outside of something it is made of changed (a signature, a model, the docstring of a path
operation), or, known only in the live process, when something it reads got another value. The changed body of
a handler is none of these: the living function has its new code already.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from .application_reads import Reach, Reaches, called_bodies
from .applications import Application, Applications, calls_in
from .codes import compile_module, pair_codes
from .definitions import FUNCTIONS, Statement
from .diff import Change, Changed
from .instructions import RebuildApp
from .scopes import Scopes
from .settings import Marker, Settings
from .tree_diff import TreeDiff

__all__ = ["ApplicationChanges"]

_PARTS = frozenset(
    {"Route", "WebSocketRoute", "Mount", "Host", "APIRoute", "APIWebSocketRoute", "Middleware"}
)


class ApplicationChanges:
    """The applications of the release gone to, compared with those of the release left."""

    def __init__(self, diff: TreeDiff, old: Scopes, new: Scopes, settings: Settings) -> None:
        self._diff = diff
        self._old_scopes, self._new_scopes = old, new
        self._settings = settings
        self._old, self._new = Applications(old), Applications(new)
        self._when: dict[str, set[str]] = {}
        self._always: set[str] = set()

    # What the planner asks

    def takes(self, statement: Statement | None) -> bool:
        """True when the statement changed and building an application runs it: no instruction of its own."""
        homes = self._homes(statement)
        self._always.update(homes)
        return bool(homes) and not _defines(statement) and not self._makes_added(statement)

    def follows(self, statement: Statement, hits: set[str]) -> bool:
        """The same for a statement that reads what may be dirty."""
        homes = self._homes(statement)
        for home in homes:
            self._when.setdefault(home, set()).update(hits)
        return bool(homes) and not _defines(statement) and not self._makes_added(statement)

    def only_registered(self, statement: Statement) -> bool:
        """True for a function whose decorators do nothing but register it: it keeps its identity."""
        decorators = self._new.decorators(statement) if self._homes(statement) else ()
        return bool(decorators) and all(decorators)

    def parts(self) -> Iterator[Statement]:
        """Lists of routes and their like that hold something whose outside changed: they are made again."""
        self._find()
        for home in self._always:
            for statement in self._reaches[home].looked_at.values():
                if (
                    _makes_part(statement)
                    and not self._new.built_by(statement)
                    and self._reads_changed(statement)
                ):
                    yield statement

    def settle(self, dirty: set[str]) -> None:
        """With all that may be dirty known: what building each application depends on."""
        for home, reach in self._reaches.items():
            hits = reach.names & dirty - {home}
            if hits:
                self._when.setdefault(home, set()).update(hits)
        while self._spread():
            pass

    def modules(self) -> set[str]:
        """The modules whose statements build what is built again."""
        return {module for home in self._rebuilt() for module in self._new.all[home].statements}

    def instructions(self, module: str) -> Iterator[RebuildApp]:
        """One for every application that statements of the module help to build."""
        for home in self._rebuilt():
            application = self._new.all[home]
            own = application.module == module
            made_before = application.makers if own and home in self._added else ()
            statements = tuple(i for i in application.statements.get(module, ()) if i not in made_before)
            if not statements:
                continue
            when = () if home in self._always else tuple(sorted(self._when[home]))
            yield RebuildApp(
                module,
                application.name,
                statements,
                when,
                home=None if own else application.module,
                dropped=tuple(sorted(self._dropped(application))) if own else (),
            )

    # Which ones

    @cached_property
    def _living(self) -> frozenset[str]:
        """Applications in living modules that no marker keeps as they are."""
        if not self._diff.changes:
            return frozenset()
        old, renamed = self._diff.old, self._diff.moves.renamed
        return frozenset(
            home
            for home, application in self._new.all.items()
            if renamed.get(application.module, application.module) in old
            and self._settings.marker(application.module, application.name) is not Marker.KEEP
        )

    @cached_property
    def _added(self) -> frozenset[str]:
        """Those that the old release does not have: made where they stand, then built like all others."""
        return frozenset(home for home in self._living if self._before(home) not in self._old.all)

    def _makes_added(self, statement: Statement | None) -> bool:
        return statement is not None and any(
            self._new.is_maker(statement, home)
            for home in self._new.built_by(statement)
            if home in self._added
        )

    def _homes(self, statement: Statement | None) -> tuple[str, ...]:
        if statement is None or not self._living:
            return ()
        return tuple(home for home in self._new.built_by(statement) if home in self._living)

    def _rebuilt(self) -> list[str]:
        return sorted(home for home in self._living if home in self._always or home in self._when)

    def _before(self, home: str) -> str:
        module, _, name = home.partition(":")
        return f"{self._diff.moves.renamed.get(module, module)}:{name}"

    @cached_property
    def _reaches(self) -> dict[str, Reach]:
        reaches = Reaches(self._new, self._new_scopes)
        return {home: reaches.of(self._new.all[home]) for home in self._living}

    @cached_property
    def _old_reaches(self) -> Reaches:
        return Reaches(self._old, self._old_scopes)

    def _spread(self) -> bool:
        """Whoever includes an application that is built again is built again too."""
        count = len(self._always), sum(map(len, self._when.values()))
        for home, reach in self._reaches.items():
            for other in (reach.names & self._living) - {home}:
                if other in self._always:
                    self._always.add(home)
                if other in self._when:
                    self._when.setdefault(home, set()).update(self._when[other])
        return count != (len(self._always), sum(map(len, self._when.values())))

    def _dropped(self, application: Application) -> set[str]:
        """Attributes that only the release left sets on the application."""
        if application.key in self._added:
            return set()
        old = self._old.all[self._before(application.key)]
        before = {*_set_on(old, self._old_scopes), *_state_set_in(self._old_reaches.of(old))}
        return before - {
            *_set_on(application, self._new_scopes),
            *_state_set_in(self._reaches[application.key]),
        }

    # What changed for good

    def _find(self) -> None:
        changed = {home for home in self._living if home in self._added or self._statements_differ(home)}
        changed |= {home for home, reach in self._reaches.items() if self._reach_differs(reach)}
        self._always |= changed

    def _statements_differ(self, home: str) -> bool:
        old, new = self._old.all[self._before(home)], self._new.all[home]
        renamed = self._diff.moves.renamed
        if {renamed.get(module, module) for module in new.statements} != set(old.statements):
            return True
        return any(
            self._order(module, indexes) != list(old.statements[renamed.get(module, module)])
            for module, indexes in new.statements.items()
            if module in self._diff.changes
        )

    def _order(self, module: str, indexes: tuple[int, ...]) -> list[int | None]:
        """The older selves of the statements; a changed one has none, unless it is a definition."""
        found: list[int | None] = []
        for index in indexes:
            change = self._change(module, index)
            same = change is not None and change.how in (Changed.SAME, Changed.BODY)
            found.append(change.old.index if same and change and change.old else None)
        return found

    def _change(self, module: str, index: int) -> Change | None:
        return self._changes.get((module, index))

    @cached_property
    def _changes(self) -> dict[tuple[str, int], Change]:
        changes = self._diff.changes
        return {(m, c.new.index): c for m, several in changes.items() for c in several if c.new is not None}

    def _reach_differs(self, reach: Reach) -> bool:
        if any(self._outside_differs(statement) for statement in reach.looked_at.values()):
            return True
        return any(self._inside_differs(statement) for statement in reach.called.values())

    def _outside_differs(self, statement: Statement) -> bool:
        change = self._change(statement.module, statement.index)
        if change is None or change.old is None or not _defines(statement):
            return False  # another value is found out by the flow of values
        if change.how is Changed.TEXT:
            return True
        return change.how is Changed.BODY and statement.is_function and _kind(change.old) != _kind(statement)

    def _inside_differs(self, statement: Statement) -> bool:
        change = self._change(statement.module, statement.index)
        if change is None or change.old is None or change.how is Changed.SAME:
            return False
        if [*map(ast.dump, called_bodies(change.old))] != [*map(ast.dump, called_bodies(statement))]:
            return True
        return statement.is_function and self._inner_cannot_follow(statement)

    def _inner_cannot_follow(self, statement: Statement) -> bool:
        """True when a function inside a factory cannot get its new code: its closure is another one."""
        before = self._diff.moves.renamed.get(statement.module, statement.module)
        old, new = self._diff.old[before], self._diff.new[statement.module]
        inside = f"{statement.binds[0]}.<locals>."
        pairs = pair_codes(compile_module(old), compile_module(new)).pairs
        return any(p.qualname.startswith(inside) and p.changed and not p.fits for p in pairs)

    def _reads_changed(self, statement: Statement) -> bool:
        definitions = map(self._new.definition, self._new_scopes.reads(statement))
        return any(d is not None and self._outside_differs(d) for d in definitions)


def _defines(statement: Statement | None) -> bool:
    return statement is not None and (statement.is_function or statement.is_class)


def _kind(statement: Statement) -> tuple[object, ...]:
    """What a framework finds out about a function besides its signature."""
    node = statement.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return ast.get_docstring(node), any(_yields(inner) for inner in node.body)


def _yields(node: ast.AST) -> bool:
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
        return False
    return any(_yields(child) for child in ast.iter_child_nodes(node))


def _makes_part(statement: Statement) -> bool:
    if not isinstance(statement.node, ast.Assign | ast.AnnAssign):
        return False
    called = (call.func for call in calls_in(statement.node))
    return any((f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "")) in _PARTS for f in called)


def _set_on(application: Application, scopes: Scopes) -> Iterator[str]:
    for module, indexes in application.statements.items():
        for statement in (scopes.statements(module)[index] for index in indexes):
            node = statement.node
            for target in node.targets if isinstance(node, ast.Assign) else ():
                if isinstance(target, ast.Attribute):
                    owner = ast.unparse(target.value)
                    if application.key in scopes.resolve(module, owner):
                        yield target.attr


def _state_set_in(reach: Reach) -> Iterator[str]:
    """`state.name` for everything that a factory puts into an application's state."""
    bodies = (body for statement in reach.called.values() for body in called_bodies(statement))
    for node in (node for body in bodies for node in ast.walk(body)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            is_state = getattr(node.value, "attr", None) == "state"
            yield from ([f"state.{node.attr}"] if is_state else [])
