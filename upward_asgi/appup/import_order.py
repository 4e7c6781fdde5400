"""In which order a fresh start runs the statements of modules that import each other.

`sys.modules` has modules in the order in which their import was done; which of them the service itself asked
for, and where in a module an import stands, says the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .definitions import Statement
from .scopes import Scopes
from .trees import Tree

__all__ = ["fresh_order", "import_roots", "import_sequence", "start_order"]


def import_roots(scopes: Scopes, living: Sequence[str]) -> list[str]:
    """The modules that the service imported itself, in order.

    `living` are all modules of the release, in the order of `sys.modules`.
    """
    roots: list[str] = []
    imported: set[str] = set()
    for name in reversed(living):
        if name not in imported:
            roots.append(name)
        for statement in scopes.statements(name):
            imported.update(_imported_by(scopes, statement))
        imported.update(_modules_of(scopes, name.rpartition(".")[0], None))
    return roots[::-1]


def start_order(tree: Tree, living: Iterable[str]) -> tuple[str, ...]:
    """The living modules that the tree has, those first whose import brings in the others in order."""
    names = [name for name in living if name in tree]
    return tuple(dict.fromkeys([*import_roots(Scopes(tree), names), *names]))


def fresh_order(scopes: Scopes, modules: Iterable[str], living: Sequence[str]) -> Iterator[Statement]:
    """The top-level statements of `modules` in the order in which a fresh start runs them."""
    wanted = set(modules)
    for module, index in import_sequence(scopes, import_roots(scopes, living) or sorted(wanted)):
        if module in wanted and index is not None:
            yield scopes.statements(module)[index]


def import_sequence(scopes: Scopes, roots: Iterable[str]) -> Iterator[tuple[str, int | None]]:
    """What a process that imports `roots`, one by one, runs: an import runs what it imports first.

    Yields `(module, index)` for every statement, and `(module, None)` when a module is done; modules that
    are reached by imports are included.
    """
    seen: set[str] = set()
    for root in roots:
        # An explicit stack: import chains are longer than Python's recursion limit likes.
        stack = [(name, _steps(scopes, name, seen)) for name in reversed([*_modules_of(scopes, root, None)])]
        while stack:
            module, steps = stack[-1]
            step = next(steps, _DONE)
            if isinstance(step, str):
                stack.append((step, _steps(scopes, step, seen)))
            elif isinstance(step, int):
                yield module, step
            else:
                stack.pop()
                if step is None:
                    yield module, None


_DONE = object()


def _steps(scopes: Scopes, module: str, seen: set[str]) -> Iterator[str | int | None]:
    """The statements of one module, each after the modules that it imports, then None; nothing twice."""
    if module in seen:
        return
    seen.add(module)
    for statement in scopes.statements(module):
        yield from (name for name in _imported_by(scopes, statement) if name not in seen)
        yield statement.index
    yield None


def _imported_by(scopes: Scopes, statement: Statement) -> Iterator[str]:
    for imported in statement.effects.imports:
        yield from _modules_of(scopes, imported.module, imported.name)


def _modules_of(scopes: Scopes, module: str, name: str | None) -> Iterator[str]:
    """The modules that importing `name` from `module` imports, packages first."""
    parts = module.split(".")
    yield from (p for end in range(1, len(parts) + 1) if (p := ".".join(parts[:end])) in scopes.tree)
    if name and f"{module}.{name}" in scopes.tree:
        yield f"{module}.{name}"
