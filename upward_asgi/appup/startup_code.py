"""Where the start-up code of a release stands: found in the source, nothing is imported.

Start-up code is a function given as `lifespan=`, `on_startup=` or to `add_event_handler`, assigned to
`lifespan_context`, decorated with `@app.on_event("startup")` or its likes in other frameworks, and `ready` of
a Django `AppConfig`. Names are followed through imports within the release. Only modules that hold one of the
words in question are parsed, and those that names lead to.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

__all__ = ["Start", "StartupCode", "code_text"]

_KEYWORDS = frozenset({"lifespan", "on_startup", "before_startup"})
_DECORATORS = frozenset(
    {"on_startup", "before_serving", "while_serving", "before_server_start", "after_server_start"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_WORDS = re.compile(r"lifespan|startup|_serving|_server_start|AppConfig")


@dataclass(frozen=True, slots=True)
class Start:
    """One piece of start-up code: a function, or the lambda in its place."""

    module: str
    name: str
    line: int
    code: str
    """Its code as `code_text` gives it."""


class StartupCode:
    """The modules of one release, as far as start-up goes."""

    def __init__(self, sources: Mapping[str, str], paths: Mapping[str, str]) -> None:
        self._modules = {
            module: _Module(module, source, _is_package(module, sources, paths))
            for module, source in sorted(sources.items())
        }

    def starts(self) -> dict[str, Start]:
        """All start-up code, by a key that is the same in both releases."""
        modules = (module for module in self._modules.values() if _WORDS.search(module.source))
        found = (start for module in modules for start in self._starts_in(module))
        by_key: dict[str, Start] = {}
        for start in found:
            key = f"{start.module}:{start.name}"
            before = by_key.setdefault(key, start)
            if start.code not in before.code:  # a second lambda or call in the same scope
                by_key[key] = replace(before, code=before.code + start.code)
        return by_key

    def main_blocks(self) -> dict[str, list[ast.If]]:
        """The `if __name__ == "__main__":` statements, by module."""
        modules = (module for module in self._modules.values() if "__main__" in module.source)
        found = {
            module.name: [
                node for node in module.tree.body if isinstance(node, ast.If) and _is_main(node.test)
            ]
            for module in modules
        }
        return {module: nodes for module, nodes in found.items() if nodes}

    def has_application_change(self) -> bool:
        """True when `@code_change(app)` stands somewhere, `app` being a variable and no type."""
        return any(
            self._is_variable(module, decorator.args[0])
            for module in self._modules.values()
            if "code_change" in module.source
            for node in module.functions.values()
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call) and _last(decorator.func) == "code_change" and decorator.args
        )

    def _starts_in(self, module: _Module) -> Iterator[Start]:
        for scope, node in _walk(module.tree, ""):
            for value in _startup_values(node):
                yield from self._start(module, scope, value)
            if isinstance(node, _FUNCTIONS) and any(map(_is_startup_decorator, node.decorator_list)):
                yield _function_start(module, _joined(scope, node.name), node)
            if isinstance(node, ast.ClassDef) and _is_app_config(node):
                yield from self._start(module, _joined(scope, node.name), ast.Name("ready"))

    def _start(self, module: _Module, scope: str, value: ast.expr) -> Iterator[Start]:
        """The code behind an expression: functions it names, lambdas as they stand, both in calls too."""
        if isinstance(value, ast.List | ast.Tuple):
            for item in value.elts:
                yield from self._start(module, scope, item)
        elif isinstance(value, ast.Name | ast.Attribute):
            yield from self._named(module, scope, value)
        elif isinstance(value, ast.Call):
            call = f"{ast.unparse(value.func)}(…)"
            yield Start(module.name, _joined(scope, call), value.lineno, code_text(value))
            for part in (value.func, *value.args, *(keyword.value for keyword in value.keywords)):
                yield from self._start(module, scope, part)
        elif isinstance(value, ast.Lambda):
            yield Start(module.name, _joined(scope, "lambda"), value.lineno, code_text(value))

    def _named(self, module: _Module, scope: str, value: ast.Name | ast.Attribute) -> Iterator[Start]:
        found = self._resolved(module, scope, value)
        if found is not None:
            yield _function_start(*found)

    def _resolved(
        self, module: _Module, scope: str, value: ast.Name | ast.Attribute
    ) -> tuple[_Module, str, _Function] | None:
        """The function that an expression in `scope` of `module` stands for, if the release defines it."""
        local = ast.unparse(value).removeprefix("self.")
        while scope:  # from the innermost scope outwards, classes included: `self.lifespan`
            name = f"{scope}.{local}"
            if name in module.functions:
                return module, name, module.functions[name]
            scope = scope.rpartition(".")[0]
        home, name = self._followed(module, local)
        return (home, name, home.functions[name]) if name in home.functions else None

    def _followed(self, module: _Module, name: str) -> tuple[_Module, str]:
        """Through imports and re-exports to where a name is defined, as far as the release goes."""
        seen: set[tuple[str, str]] = set()
        while name not in module.functions and (module.name, name) not in seen:
            seen.add((module.name, name))
            first, _, rest = name.partition(".")
            home, original = module.imports.get(first, ("", ""))
            parts = [part for part in (*home.split("."), original, *rest.split(".")) if part]
            target = self._longest(parts)
            if target is None:
                break
            module, name = target
        return module, name

    def _longest(self, parts: list[str]) -> tuple[_Module, str] | None:
        """A dotted path split into the longest module of the release and the name in it."""
        for count in range(len(parts) - 1, 0, -1):
            found = self._modules.get(".".join(parts[:count]))
            if found is not None:
                return found, ".".join(parts[count:])
        return None

    def _is_variable(self, module: _Module, value: ast.expr) -> bool:
        if not isinstance(value, ast.Name | ast.Attribute):
            return False
        home, name = self._followed(module, ast.unparse(value))
        return name in home.variables


class _Module:
    """One module, parsed when it is first looked into."""

    def __init__(self, name: str, source: str, is_package: bool) -> None:
        self.name = name
        self.source = source
        self._is_package = is_package

    @cached_property
    def tree(self) -> ast.Module:
        """Empty when the source does not parse: such a module cannot run; if it changed, the diff says so."""
        try:
            return ast.parse(self.source)
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @cached_property
    def functions(self) -> dict[str, _Function]:
        """By qualified name, methods and inner functions too."""
        nodes = (
            (_joined(scope, n.name), n) for scope, n in _walk(self.tree, "") if isinstance(n, _FUNCTIONS)
        )
        return dict(nodes)

    @cached_property
    def variables(self) -> set[str]:
        """Names that a top-level assignment binds."""
        assigned = [
            target for node in self.tree.body if isinstance(node, ast.Assign) for target in node.targets
        ]
        annotated = [node.target for node in self.tree.body if isinstance(node, ast.AnnAssign)]
        return {target.id for target in (*assigned, *annotated) if isinstance(target, ast.Name)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """What each imported name stands for: a module, and a name in it (empty for the module itself)."""
        return dict(_imports(self.name, self.tree, self._is_package))


def _is_package(module: str, sources: Mapping[str, str], paths: Mapping[str, str]) -> bool:
    return paths.get(module, "").endswith("__init__.py") or any(o.startswith(f"{module}.") for o in sources)


def _function_start(module: _Module, name: str, node: _Function) -> Start:
    return Start(module.name, name, node.lineno, code_text(node))


def code_text(node: ast.AST) -> str:
    """The code without positions and docstrings: two texts are equal when the same runs."""
    copy = ast.parse(ast.unparse(node))
    for inner in ast.walk(copy):
        if isinstance(inner, (*_FUNCTIONS, ast.ClassDef)) and ast.get_docstring(inner) is not None:
            inner.body = inner.body[1:] or [ast.Pass()]
    return ast.dump(copy)


def _walk(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the qualified name of the function or class that it stands in."""
    for child in ast.iter_child_nodes(node):
        yield scope, child
        named = isinstance(child, (*_FUNCTIONS, ast.ClassDef))
        yield from _walk(child, _joined(scope, child.name) if named else scope)  # type: ignore[attr-defined]


def _joined(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _startup_values(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions in `node` that name start-up code."""
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg in _KEYWORDS)
        if _last(node.func) == "add_event_handler" and len(node.args) > 1 and _is_startup_text(node.args[0]):
            yield node.args[1]
        elif _last(node.func) in _DECORATORS or _is_append(node.func):
            yield from node.args
    elif isinstance(node, ast.Assign) and "lifespan_context" in map(_last, node.targets):
        yield node.value


def _is_append(function: ast.expr) -> bool:
    """`router.on_startup.append`."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "append"
        and _last(function.value) in _KEYWORDS
    )


def _is_startup_decorator(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call):
        return isinstance(decorator, ast.Attribute) and decorator.attr in _DECORATORS
    if _last(decorator.func) in ("on_event", "listener"):
        return bool(decorator.args) and _is_startup_text(decorator.args[0])
    return isinstance(decorator.func, ast.Attribute) and decorator.func.attr in _DECORATORS


def _is_startup_text(value: ast.expr) -> bool:
    text = value.value if isinstance(value, ast.Constant) else None
    return text == "startup" or text in _DECORATORS


def _is_app_config(node: ast.ClassDef) -> bool:
    return any((_last(base) or "").endswith("AppConfig") for base in node.bases)


def _last(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _is_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare) and "__name__" in ast.unparse(test) and "__main__" in ast.unparse(test)
    )


def _imports(module: str, tree: ast.Module, is_package: bool) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                target = alias.name if alias.asname else alias.name.partition(".")[0]
                yield alias.asname or target, (target, "")
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, is_package, node)
            yield from ((alias.asname or alias.name, (base, alias.name)) for alias in node.names)


def _base(module: str, is_package: bool, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + is_package]
    return ".".join([*kept, *([node.module] if node.module else [])])
