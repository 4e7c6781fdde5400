"""Running one top-level statement of the new release in the live module.

A function whose decorators did not change is defined again without them, and the living function under the
decorators becomes the new one. Anything else runs as it is written; where the old object can become the new
one it keeps its identity, else the name is bound to the new object and whoever reads it is dirty.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Collection
from dataclasses import replace
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ..appup.containers import empty_container
from ..appup.definitions import Statement, assigned_value
from ..appup.namespaces import goes_through_names
from ..appup.overwriting import docstring_overwritten
from ..appup.scopes import CLOSURES, are_about_making, key
from .block_classes import class_change
from .classes import patch_class
from .functions import can_become, forward, functions_under
from .journal import MISSING
from .kinds.pydantic_names import bind_generics
from .module_run import ModuleRun
from .settling import settle
from .stamps import remember_names
from .stars import drop_unexported, has_star, taken_later
from .visible import asks_what_is_there, run_as_if_first

__all__ = ["adopt_definition", "run_statement"]


def run_statement(
    run: ModuleRun,
    statement: Statement,
    *,
    moved: object = MISSING,
    whole: bool = False,
    due: Collection[str] = (),
) -> None:
    """Run one statement; `moved` is the live definition that goes on under this statement's name.

    `whole` runs a definition as it is written, decorators and metaclass too. `due` are the definitions that
    one which did not change runs for.
    """
    if whole:
        _anew(run, statement)
    elif statement.is_text:
        _docstring(run, statement)
    elif statement.is_function:
        _function(run, statement, moved)
    elif statement.is_class:
        _class(run, statement, moved)
    elif statement.is_block and are_about_making(due):
        _remake_classes(run, statement)
    elif isinstance(statement.node, ast.Delete):
        _delete(run, statement)
    elif _makes_the_same(run, statement):
        _annotate(run, statement)
    else:
        _plain(run, statement)


def _docstring(run: ModuleRun, statement: Statement) -> None:
    if statement.index == 0:
        run.journal.set_item(run.namespace, "__doc__", ast.get_docstring(run.new.tree, clean=False))


def adopt_definition(run: ModuleRun, statement: Statement, moved: object) -> None:
    """A module that was just imported has a definition that lived elsewhere before: the old one goes on."""
    name = statement.binds[0]
    new = run.namespace.get(name, MISSING)
    final = settle(run, statement, moved, new, moved=True)
    if final is not new and final is not MISSING:
        run.journal.set_item(run.namespace, name, final)


# Functions


def _function(run: ModuleRun, statement: Statement, moved: object) -> None:
    assert isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef)
    name = statement.node.name
    live = run.namespace.get(name, MISSING) if moved is MISSING else moved
    if live is not MISSING and moved is MISSING and _same_decorators(run, statement):
        targets = _living(run, statement, live)
        if targets and all(_redefine(run, statement, target) for target in targets):
            return
    _whole(run, statement, {name: live}, moved=moved is not MISSING)


def _same_decorators(run: ModuleRun, statement: Statement) -> bool:
    older = run.older(statement)
    node: Any = statement.node
    if older is not None:
        if not older.is_function or _dumped(older.node.decorator_list) != _dumped(node.decorator_list):  # type: ignore[attr-defined]
            return False
    elif statement.index in run.changes:
        return False
    return not run.must_decorate(node.decorator_list)


def _living(run: ModuleRun, statement: Statement, live: object) -> list[FunctionType]:
    """The living function of this statement: under what its decorators made of it, or anywhere in the
    heap."""
    codes = _codes(run, statement)
    for candidates in (functions_under(live), run.living()):
        found = [
            f for f in candidates if f.__globals__ is run.namespace and any(f.__code__ == c for c in codes)
        ]
        if found:
            return found
    return []


def _codes(run: ModuleRun, statement: Statement) -> list[CodeType]:
    """The code that a living function of the statement may have now: given out already, or not yet."""
    new = _new_code(run, statement)
    pair = run.pairs.to(new) if run.pairs else None
    return [new] if pair is None else [new, pair.old]


def _new_code(run: ModuleRun, statement: Statement) -> CodeType:
    name: str = statement.node.name  # type: ignore[attr-defined]
    code = run.pairs.new_code(name, statement.line) if run.pairs else None
    if code is not None:
        return code
    compiled: CodeType = run.compile(statement.node)
    return next(c for c in compiled.co_consts if isinstance(c, CodeType) and c.co_name == name)


def _redefine(run: ModuleRun, statement: Statement, target: FunctionType) -> bool:
    """Define the function again without its decorators, and let the living one become it."""
    node: Any = copy.copy(statement.node)
    decorated, node.decorator_list = bool(node.decorator_list), []
    captured: dict[str, Any] = {}
    exec(run.compile(node), run.namespace, captured)
    new, code = captured[node.name], _named_like(target.__code__, _new_code(run, statement))
    if can_become(target, code):
        run.redefine(target, new, code)
        if docstring_overwritten(run.progress.scopes.statements(run.name), statement):
            run.journal.set_attribute(target, "__doc__", new.__doc__)  # whoever overwrote it does so again
        return True
    if decorated:
        return False
    new.__code__ = code
    forward(run.journal, target, new)
    run.journal.set_item(run.namespace, node.name, new)
    run.mark_dirty(node.name)
    return True


def _named_like(old: CodeType, new: CodeType) -> CodeType:
    """The new code under the name that a decorator gave the old one."""
    if old.co_qualname == new.co_qualname:
        return new
    return new.replace(co_name=old.co_name, co_qualname=old.co_qualname)


# Classes


def _class(run: ModuleRun, statement: Statement, moved: object) -> None:
    assert isinstance(statement.node, ast.ClassDef)
    name = statement.node.name
    live = run.namespace.get(name, MISSING) if moved is MISSING else moved
    older = run.older(statement)
    paired = older.is_class if older is not None else statement.index not in run.changes
    if isinstance(live, type) and moved is MISSING and paired and patch_class(run, live, older, statement):
        return
    _whole(run, statement, {name: live}, moved=moved is not MISSING)


def _remake_classes(run: ModuleRun, statement: Statement) -> None:
    """The living classes of a block, where only how their bases are made is another way; nothing else."""
    for inner in statement.classes:
        live = run.namespace.get(inner.binds[0], MISSING)
        change = class_change(run, statement, live) if isinstance(live, type) else None
        if change is not None and change.new is inner:
            _class(replace(run, changes={inner.index: change}), inner, MISSING)


# Everything else


def _makes_the_same(run: ModuleRun, statement: Statement) -> bool:
    """True when only the annotation changed, or how the same empty container is written: the value stays."""
    older = run.older(statement)
    if older is None or older.text == statement.text:
        return False  # what runs although it did not change is to be made anew
    if older.binds != statement.binds or not statement.binds:
        return False
    before, after = assigned_value(older.node), assigned_value(statement.node)
    if before is None or after is None:
        return False
    if ast.dump(before) == ast.dump(after):
        return not run.reads_dirty(after)
    return empty_container(before) is not None and empty_container(before) == empty_container(after)


def _annotate(run: ModuleRun, statement: Statement) -> None:
    """What the annotation says now; one that is gone is taken away with those of the whole module."""
    if isinstance(statement.node, ast.AnnAssign):
        node: Any = copy.copy(statement.node)
        node.value = None
        _run_in_namespace(run, node)


def _delete(run: ModuleRun, statement: Statement) -> None:
    """Delete what is there: a name that no statement bound again is gone since the module was imported."""
    node: Any = copy.copy(statement.node)
    for target in node.targets:
        if isinstance(target, ast.Name):
            run.journal.delete_item(run.namespace, target.id)
    node.targets = [target for target in node.targets if not isinstance(target, ast.Name)]
    if node.targets:
        _plain(run, replace(statement, node=node))


def _plain(run: ModuleRun, statement: Statement) -> None:
    names = statement.effects.binds | statement.effects.deletes
    before = {name: run.namespace.get(name, MISSING) for name in names}
    star = has_star(statement)
    if star:
        before = dict(run.namespace)
    if statement.is_block:
        _drop_unbound(run, statement)
    _whole(run, statement, before, star=star)
    if star:
        drop_unexported(run, statement)
    for dotted in statement.effects.mutates:
        owner, _, attribute = dotted.partition(".")
        if attribute:
            found = run.progress.scopes.resolve(run.name, dotted)
            run.progress.dirty.update(found - {key(run.name, owner)})


def _anew(run: ModuleRun, statement: Statement) -> None:
    """Make anew what the statement makes; a plain container keeps its identity for whoever holds it. What
    others have put into the closure of a decorated function (handlers, of a dispatcher) is gone.
    """
    before = {name: run.namespace.get(name, MISSING) for name in statement.effects.binds}
    _plain(run, statement)
    if statement.is_function:
        run.mark_dirty(*(f"{name}.{CLOSURES}" for name in before))
    for name, old in before.items():
        new = run.namespace.get(name, MISSING)
        if new is not old and type(old) is type(new) and type(old) in (dict, list, set):
            run.journal.contents(old)
            old.clear()
            (old.extend if type(old) is list else old.update)(new)
            run.journal.set_item(run.namespace, name, old)
            run.progress.superseded.append((new, old))


def _drop_unbound(run: ModuleRun, statement: Statement) -> None:
    """A block may not bind a name this time: what it bound before is gone, unless others bind it earlier.

    What no statement of the old release bound came otherwise (`globals().update(…)`), and is not the block's.
    """
    earlier = run.progress.scopes.statements(run.name)[: statement.index]
    bound = {name for other in earlier for name in other.effects.binds}
    binds = statement.effects.binds
    names = binds & run.former.bound if run.former else binds
    for name in names - bound:
        run.journal.delete_item(run.namespace, name)


def _whole(
    run: ModuleRun, statement: Statement, before: dict[str, Any], *, moved: bool = False, star: bool = False
) -> None:
    """Run the statement as written, then settle every name that it bound; with `star`, also those that only
    running it told.
    """
    if goes_through_names(statement):
        remember_names(run.journal, run.namespace)
    if asks_what_is_there(statement):
        earlier = run.progress.scopes.statements(run.name)[: statement.index]
        run_as_if_first(run.journal, run.compile(statement.node), run.namespace, earlier)
    elif statement.is_class or (statement.is_function and statement.decorated):
        with run.progress.taken_out(before.get(statement.binds[0], MISSING), statement.binds[0]):
            _run_in_namespace(run, statement.node)
    else:
        _run_in_namespace(run, statement.node)
    if star:
        before = {**dict.fromkeys(run.namespace, MISSING), **before}
    others = taken_later(run, statement) if star else frozenset()
    for name, old in before.items():
        new = run.namespace.get(name, MISSING)
        if new is old:
            continue
        bind_generics(run.journal, run.namespace, new)
        taken = _took_the_name_later(run, statement, name, old) or (old is not MISSING and name in others)
        final = old if taken else settle(run, statement, old, new, moved=moved)
        if final is MISSING:
            continue
        if final is not new:
            run.journal.set_item(run.namespace, name, final)
        if final is not old and not _only_back(run, statement, name, old):
            run.mark_dirty(name)


def _only_back(run: ModuleRun, statement: Statement, name: str, old: object) -> bool:
    """True for a name that the module deletes again, and that the same statement binds as it did before."""
    if old is not MISSING or name not in run.deleted():
        return False
    older = run.older(statement)
    same = statement.index not in run.changes if older is None else older.text == statement.text
    return same and not run.reads_dirty(statement.node)


def _took_the_name_later(run: ModuleRun, statement: Statement, name: str, old: object) -> bool:
    """True for a submodule that stood under the name although the same statement bound it to something else:
    importing a submodule binds its name in the package, and here that came after the statement.
    """
    if not isinstance(old, ModuleType) or old is not sys.modules.get(f"{run.name}.{name}"):
        return False
    older = run.older(statement)
    if older is None:
        return statement.index not in run.changes
    return older.text == statement.text or name in older.effects.binds


def _run_in_namespace(run: ModuleRun, node: ast.stmt) -> None:
    annotations = run.namespace.get("__annotations__")
    if annotations is not None:
        run.journal.contents(annotations)
    exec(run.compile(node), run.namespace)


def _dumped(nodes: list[ast.expr]) -> list[str]:
    return [ast.dump(node) for node in nodes]
