"""ASGI applications and routers of a release, each with the statements that build it; nothing is imported.

An application is a module-level name that is assigned what a framework's class, a subclass of it or a
function that makes one (`app = create_app()`) returns. It is built by its *maker*, that assignment, and by
every top-level statement that acts on it, in any module: decorators (`@app.get(…)`), calls on it
(`app.include_router(…)`), calls with it (`add_pagination(app)`), attributes set on it. What such a statement
puts into `app.state` or `app.dependency_overrides` is live state and builds nothing.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from functools import cached_property

from .definitions import Statement
from .names import dotted_names
from .scopes import Scopes, key

__all__ = ["Application", "Applications", "calls_in"]

_CLASSES = frozenset({"Starlette", "FastAPI", "APIRouter"})
_STARLETTE_CLASSES = frozenset({"Router"})
_WORDS = (b"Starlette", b"FastAPI", b"Router")
_STATE = ("state", "dependency_overrides")
"""What an application holds for the running service; setting something there does not build it."""
_DEEPEST = 8
"""Calls and bases that are followed from an assignment to a framework's class."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Application:
    """One application or router: where it is bound, and what builds it."""

    module: str
    name: str
    makers: tuple[int, ...]
    """The statements of `module` that bind the name."""
    statements: dict[str, tuple[int, ...]]
    """All statements that build it, the makers included, by module."""

    @property
    def key(self) -> str:
        return key(self.module, self.name)


class Applications:
    """The applications of one release, found when first asked for."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._definitions: dict[str, dict[str, Statement]] = {}
        self._making: dict[str, bool] = {}

    def find(self) -> None:
        """Find all of them now, and what builds each."""
        self._owners  # noqa: B018 - asking for it works it out

    @cached_property
    def all(self) -> dict[str, Application]:
        """Every application, by its key `module:name`."""
        makers = self._makers()
        statements = self._acting(makers)
        return {
            home: Application(home.partition(":")[0], home.partition(":")[2], indexes, statements[home])
            for home, indexes in makers.items()
        }

    @cached_property
    def _owners(self) -> dict[tuple[str, int], tuple[str, ...]]:
        owners: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for application in self.all.values():
            for module, indexes in application.statements.items():
                for index in indexes:
                    owners[module, index].append(application.key)
        return {place: tuple(keys) for place, keys in owners.items()}

    def built_by(self, statement: Statement) -> tuple[str, ...]:
        """The keys of the applications that the statement helps to build."""
        return self._owners.get((statement.module, statement.index), ())

    def is_maker(self, statement: Statement, home: str) -> bool:
        """True when the statement binds the application."""
        application = self.all[home]
        return statement.module == application.module and statement.index in application.makers

    def makers_of(self, application: Application) -> Iterator[Statement]:
        """The statements that bind the application."""
        statements = self._scopes.statements(application.module)
        return (statements[index] for index in application.makers)

    def decorators(self, statement: Statement, homes: Collection[str] | None = None) -> tuple[bool, ...]:
        """For every decorator of a function, whether it registers the function with an application.

        `homes` are the applications that count; None means all.
        """
        homes = tuple(h for h in self.built_by(statement) if homes is None or h in homes)
        node = statement.node
        if not homes or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return ()
        return tuple(self.reads(statement.module, d, homes) for d in node.decorator_list)

    def definition(self, name: str) -> Statement | None:
        """The function or class statement that a definition `module:name` stands for."""
        module, _, dotted = name.partition(":")
        if module not in self._scopes.tree:
            return None
        if module not in self._definitions:
            statements = self._scopes.statements(module)
            found = {s.node.name: s for s in statements if isinstance(s.node, _Definition)}
            self._definitions[module] = found
        return self._definitions[module].get(dotted)

    # Makers

    def _makers(self) -> dict[str, tuple[int, ...]]:
        makers: defaultdict[str, list[int]] = defaultdict(list)
        for module in self._candidates():
            assigned = [
                (s, name, call) for s in self._scopes.statements(module) for name, call in _assigned(s.node)
            ]
            names = {name for _, name, call in assigned if self.makes(module, call.func)}
            for statement, name, _ in assigned:
                if name in names and statement.index not in makers[key(module, name)]:
                    makers[key(module, name)].append(statement.index)
        return {home: tuple(indexes) for home, indexes in makers.items()}

    def _candidates(self) -> Iterator[str]:
        """Modules that may make an application: by a framework's class, or by a function of another one."""
        modules = self._scopes.tree.modules
        direct = {n for n, m in modules.items() if any(word in m.source for word in _WORDS)}
        if not direct:
            return
        words = tuple(name.rpartition(".")[2].encode() for name in direct)
        yield from direct
        for name, module in modules.items():
            if name not in direct and any(word in module.source for word in words):
                yield name

    def makes(self, module: str, func: ast.expr, deep: int = _DEEPEST) -> bool:
        """True when calling `func` in `module` makes an application."""
        dotted = next(dotted_names(func), None) if isinstance(func, ast.Name | ast.Attribute) else None
        if dotted is None or deep == 0:
            return False
        found = self._scopes.resolve(module, dotted)
        if any(_is_framework(origin) for name in found for origin in self._origins(name)):
            return True
        return any(self._definition_makes(name, deep - 1) for name in found)

    def _origins(self, name: str) -> Iterator[str]:
        """What a name stands for outside the release: `fastapi.FastAPI`."""
        module, _, dotted = name.partition(":")
        if module not in self._scopes.tree:
            return
        head, _, rest = dotted.partition(".")
        for imported in self._scopes.imports(module).get(head, ()):
            if imported.module not in self._scopes.tree:
                yield ".".join(part for part in (imported.module, imported.name, rest) if part)

    def _definition_makes(self, name: str, deep: int) -> bool:
        if name not in self._making:
            self._making[name] = False  # a function that calls itself says nothing new
            statement = self.definition(name)
            self._making[name] = statement is not None and self._statement_makes(statement, deep)
        return self._making[name]

    def _statement_makes(self, statement: Statement, deep: int) -> bool:
        node = statement.node
        if isinstance(node, ast.ClassDef):
            return any(self.makes(statement.module, base, deep) for base in node.bases)
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(node, ast.AsyncFunctionDef) or not any(
            isinstance(n, ast.Return) for n in ast.walk(node)
        ):
            return False
        return any(self.makes(statement.module, call.func, deep) for call in calls_in(node))

    # What acts on an application

    def _acting(self, makers: dict[str, tuple[int, ...]]) -> dict[str, dict[str, tuple[int, ...]]]:
        """For every application, the statements that build it, found in one pass over all modules."""
        found: dict[str, dict[str, list[int]]] = {home: defaultdict(list) for home in makers}
        words = {home.partition(":")[2].encode() for home in makers}
        for module in self._scopes.tree.modules.values():
            if not any(word in module.source for word in words):
                continue
            for statement in self._scopes.statements(module.name):
                homes = {h for h in self._built_in(statement, makers) if h in makers}
                own = {h for h in (key(module.name, n) for n in statement.effects.binds) if h in makers}
                for home in homes | {h for h in own if statement.index in makers[h]}:
                    found[home][module.name].append(statement.index)
        return {home: {m: tuple(i) for m, i in modules.items()} for home, modules in found.items()}

    def _built_in(self, statement: Statement, homes: Container[str]) -> Iterator[str]:
        """The names of what the statement acts on, applications and other things alike."""
        node = statement.node
        if statement.is_import or _is_main(node):
            return
        for decorator in _decorators_in(node):
            yield from self._read_in(statement.module, decorator)
        if statement.is_class or statement.is_function:
            return
        yield from self._acted_on(statement)
        for call in _effect_calls(node):
            owner = call.func.value if isinstance(call.func, ast.Attribute) else ast.Constant(None)
            if not any(name in homes for name in self._read_in(statement.module, owner)):
                yield from self._given_to(statement.module, call)  # else: what `app.include_router` takes

    def _acted_on(self, statement: Statement) -> Iterator[str]:
        for dotted in statement.effects.mutates:
            found = self._scopes.resolve(statement.module, dotted)
            for home in found:
                part = next((n.removeprefix(f"{home}.") for n in found if n.startswith(f"{home}.")), "")
                if part.partition(".")[0] not in _STATE:
                    yield home

    def _given_to(self, module: str, call: ast.Call) -> Iterator[str]:
        """`add_pagination(app)`, or `register()` whose body names the application."""
        for part in (*call.args, *(k.value for k in call.keywords)):
            yield from self._read_in(module, part)
        dotted = next(dotted_names(call.func), None)
        for name in self._scopes.resolve(module, dotted) if dotted else ():
            statement = self.definition(name)
            if statement is not None and statement.is_function:
                for inner in calls_in(statement.node):
                    yield from self._read_in(statement.module, inner)

    def _read_in(self, module: str, node: ast.AST) -> Iterator[str]:
        for dotted in dotted_names(node):
            yield from self._scopes.resolve(module, dotted)

    def reads(self, module: str, node: ast.AST, homes: tuple[str, ...]) -> bool:
        """True when the expression reads one of the applications."""
        return any(name in homes for name in self._read_in(module, node))


def _is_framework(origin: str) -> bool:
    top, _, rest = origin.partition(".")
    name = rest.rpartition(".")[2]
    return name in _CLASSES or (top == "starlette" and name in _STARLETTE_CLASSES)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """`name = call(…)` at module level, in conditions too."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node.value, ast.Call):
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.If | ast.Try | ast.With):
        for child in ast.iter_child_nodes(node):
            yield from _assigned(child)
    elif isinstance(node, ast.ExceptHandler):
        for statement in node.body:
            yield from _assigned(statement)


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """Every call in the node, those in inner functions included."""
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _effect_calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls that stand alone, for their effect, and the calls they are chained from."""
    if isinstance(node, ast.Expr):
        yield from calls_in(node)
    elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _effect_calls(child)


def _decorators_in(node: ast.AST) -> Iterator[ast.expr]:
    """Decorators of definitions in a class body, a condition or a loop; not those inside functions."""
    yield from getattr(node, "decorator_list", ())
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _decorators_in(child)


def _is_main(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":` never runs in a service."""
    return isinstance(node, ast.If) and any(name == "__name__" for name in dotted_names(node.test))
