"""What of a class body is to run: the statements that changed, that read what did, or that belong to such."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from ..appup.definitions import Statement
from ..appup.diff import Change, Changed, diff_statements
from ..appup.names import dotted_names
from ..appup.private_names import private_name
from .functions import can_become, functions_under
from .journal import MISSING
from .module_run import ModuleRun

__all__ = [
    "annotated_in",
    "body_changes",
    "bound_in",
    "bound_in_order",
    "has_annotations",
    "is_docstring",
    "mangled",
    "must_run",
    "removed_names",
    "to_run",
]


def mangled(cls: type, name: str) -> str:
    """The name as the class has it: private ones carry the name of the class."""
    return private_name(cls.__name__, name)


def body_changes(older: Statement | None, newer: Statement) -> tuple[Change, ...]:
    """The statements of a class body beside their older selves; all the same when there is no older one."""
    body = newer.body
    if older is None:
        return tuple(Change(Changed.SAME, statement, statement) for statement in body)
    return diff_statements(older.body, body)


def to_run(run: ModuleRun, cls: type, changes: tuple[Change, ...]) -> list[Change]:
    """The changes to act on: what changed, what reads it in the same body, and what binds the same name.

    A property and its setter, overloads and their implementation only make sense together; so do a docstring
    and the statement that adds to it.
    """
    found: dict[int, Change] = {}
    local: set[str] = set()
    for index, change in enumerate(changes):
        reads = local and change.new is not None and local & _local_reads(change.new)
        wanted = change.new is not None and not run.again.isdisjoint(change.new.binds)
        if reads or wanted or must_run(run, cls, change):
            found[index] = change
            statement = change.new or change.old
            if statement is not None and not _keeps_identity(run, cls, change):
                local |= statement.effects.binds
    binders = Counter(name for c in changes for name in (c.new or c.old).binds)  # type: ignore[union-attr]
    shared = {n for c in found.values() for n in (c.new or c.old).binds if binders[n] > 1}  # type: ignore[union-attr]
    filled = any(c.new is not None and "__doc__" in c.new.binds for c in found.values())
    for index, change in enumerate(changes):
        if change.new is None:
            continue
        if shared.intersection(change.new.binds) or (filled and is_docstring(change.new)):
            found.setdefault(index, change)
    return [found[index] for index in sorted(found)]


def is_docstring(inner: Statement) -> bool:
    """True for the statement of a class body that binds `__doc__` without naming it."""
    return inner.is_text and inner.index == 0


def _keeps_identity(run: ModuleRun, cls: type, change: Change) -> bool:
    """True for a method whose living function becomes the new one: who reads it reads the same object."""
    old, new = change.old, change.new
    if old is None or new is None or not (old.is_function and new.is_function):
        return False
    before, after = (statement.node.decorator_list for statement in (old, new))  # type: ignore[attr-defined]
    if [ast.dump(node) for node in before] != [ast.dump(node) for node in after]:
        return False
    name: str = new.node.name  # type: ignore[attr-defined]
    code = run.pairs.new_code(f"{cls.__qualname__}.{name}", new.line) if run.pairs else None
    live = functions_under(cls.__dict__.get(mangled(cls, name), MISSING))
    return code is None or any(can_become(function, code) for function in live)


def must_run(run: ModuleRun, cls: type, change: Change) -> bool:
    """True when the statement came, changed, or reads what is another object or value now."""
    if run.kept.issuperset((change.new or change.old).binds or ("",)):  # type: ignore[union-attr]
        return False
    if change.new is None or change.how in (Changed.TEXT, Changed.ADDED):
        return True
    local = frozenset(cls.__dict__)
    node = change.new.node
    if change.how is Changed.BODY and change.new.is_function:
        return not _code_is_given(run, cls, change.new) or run.reads_dirty(
            *change.new.evaluated, hidden=local
        )
    return run.reads_dirty(*change.new.evaluated, hidden=local) or (
        change.how is Changed.BODY and isinstance(node, ast.ClassDef) is False and not change.new.is_function
    )


def _local_reads(statement: Statement) -> set[str]:
    return {name.partition(".")[0] for node in statement.evaluated for name in dotted_names(node)}


def _code_is_given(run: ModuleRun, cls: type, statement: Statement) -> bool:
    """True when the living method already has the new code, so that there is nothing to run."""
    name: str = statement.node.name  # type: ignore[attr-defined]
    code = run.pairs.new_code(f"{cls.__qualname__}.{name}", statement.line) if run.pairs else None
    live = cls.__dict__.get(mangled(cls, name), MISSING)
    return code is not None and any(f.__code__ is code for f in functions_under(live))


def removed_names(changes: tuple[Change, ...]) -> list[str]:
    """The names that the older statements bound and no newer one does: gone, or only annotated now."""
    kept = {name for change in changes if change.new is not None for name in change.new.binds}
    older = (change.old for change in changes if change.old is not None)
    return [name for statement in older for name in statement.binds if name not in kept]


def annotated_in(statement: Statement) -> list[str]:
    """The names that a class body annotates, in order."""
    nodes = (inner.node for inner in statement.body)
    targets = (node.target for node in nodes if isinstance(node, ast.AnnAssign))
    return list(dict.fromkeys(target.id for target in targets if isinstance(target, ast.Name)))


def has_annotations(statement: Statement) -> bool:
    """True when a class body annotates anything, be it in a block that never runs: then it has the table."""
    return any(map(_annotates, statement.body))


def _annotates(inner: Statement) -> bool:
    if isinstance(inner.node, ast.AnnAssign):
        return True
    return inner.is_block and any(isinstance(node, ast.AnnAssign) for node in _nodes_in_block(inner.node))


def _nodes_in_block(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a block that belong to its scope: not those of functions and classes in it."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _nodes_in_block(child)


def bound_in(statement: Statement | None) -> set[str]:
    """The names that a class body binds; none for what is no class."""
    if statement is None or not statement.is_class:
        return set()
    return {name for inner in statement.body for name in inner.binds}


def bound_in_order(statement: Statement) -> list[str]:
    """The names that a class body binds, in the order in which it binds them first."""
    found: dict[str, None] = {}
    for inner in statement.body:
        names = inner.effects.binds
        stores = [node for node in ast.walk(inner.node) if getattr(node, "id", None) in names]
        stores.sort(key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]
        found.update(dict.fromkeys(node.id for node in stores if isinstance(node, ast.Name)))
        found.update(dict.fromkeys(inner.binds))
    return list(found)
