"""The object that a name stands for after its statement ran: the living one, where it can become the new one.

A function and a class go on as the objects that everybody holds. What only looks the same does not become
the new one: another of several functions of one name, or a class that the old release imported from elsewhere
under the name of one that the new release defines.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import replace
from pathlib import PurePath
from types import FunctionType
from typing import Any

from ..appup.definitions import Statement, assigned_value
from ..appup.diff import Changed
from .block_classes import class_change
from .class_making import become_class
from .functions import become, can_become, forward, functions_under
from .journal import MISSING
from .kinds import kind_of, plain
from .module_run import ModuleRun

__all__ = ["settle"]

_PLAIN = (int, str, bytes, float, complex, bool, type(None), type(Ellipsis), re.Pattern, range, PurePath)


def settle(run: ModuleRun, statement: Statement, old: Any, new: Any, *, moved: bool = False) -> Any:
    """The object that the name stands for: `old` where it can become `new`, else `new`.

    `moved` says that `old` was defined in another module.
    """
    if old is MISSING or new is MISSING or old is new:
        return new
    if type(old) is FunctionType and type(new) is FunctionType:
        return _settle_function(run, old, new, moved) if run.binds_last(statement, new.__name__) else new
    if (
        type(old) is FunctionType
        and statement.is_function
        and _stands_for(old, statement, run)
        and callable(new)
    ):
        forward(run.journal, old, new)  # decorated into something else than a function
    if isinstance(old, type) and isinstance(new, type):
        return _settle_class(run, statement, old, new, moved)
    return old if _equal(old, new) else new


def _settle_class(run: ModuleRun, statement: Statement, old: type, new: type, moved: bool) -> type:
    change = class_change(run, statement, new)
    if change is None and _is_made_by_call(run, statement, old, new):
        called = _without_body(_as_class(statement, new))
        return become_class(run, old, new, called, called)
    if change is None or change.new is None or old in new.__mro__:
        return new
    if not moved and not _is_own(run, old, new):
        return new
    if change.how is not Changed.ADDED:
        return become_class(run, old, new, change.old, change.new)
    older = run.former.made(old) if run.former else None
    return become_class(run, old, new, older or _without_body(change.new), change.new)


def _is_made_by_call(run: ModuleRun, statement: Statement, old: type, new: type) -> bool:
    """True for `P = namedtuple("P", …)` and its like: kinds of classes that have rules of their own."""
    if not isinstance(assigned_value(statement.node), ast.Call) or old.__module__ != new.__module__:
        return False
    named = (old.__qualname__,) == (new.__qualname__,) == statement.binds and new.__module__ == run.name
    return named and kind_of(old) is kind_of(new) is not plain.KIND


def _as_class(statement: Statement, cls: type) -> Statement:
    node = ast.ClassDef(name=cls.__name__, bases=[], keywords=[], body=[], decorator_list=[])
    if "type_params" in ast.ClassDef._fields:  # Python 3.12
        setattr(node, "type_params", [])  # noqa: B010
    node = ast.copy_location(node, statement.node)
    return replace(statement, node=node)


def _without_body(statement: Statement) -> Statement:
    """Stands for the older self of a class that nobody can tell: nothing in it is known to be the same."""
    node: Any = copy.copy(statement.node)
    node.body = [ast.Pass()]
    return Statement(statement.module, statement.index, node, statement.package, statement.future_annotations)


def _is_own(run: ModuleRun, old: type, new: type) -> bool:
    """True when the module defines the living class, whatever name was stamped on it.

    False when it came by an import, for which the new class may only stand in.
    """
    if old.__module__ in (run.name, new.__module__):
        return True
    functions = (function for value in old.__dict__.values() for function in functions_under(value))
    inside = f"{old.__qualname__}."  # what a decorator generates is of another place, or of none
    homes = [f.__globals__ for f in functions if f.__code__.co_qualname.startswith(inside)]
    if homes:
        return any(home is run.namespace for home in homes)
    scopes = run.progress.scopes
    binders = scopes.binding(old.__module__, old.__name__) if old.__module__ in scopes.tree else ()
    return bool(binders) and all(statement.is_import for statement in binders)


def _settle_function(run: ModuleRun, old: FunctionType, new: FunctionType, moved: bool) -> FunctionType:
    if not moved and run.binders(new.__name__) > 1 and not _is_pair(run, old, new):
        return new  # another of several functions of one name, such as `_` that a dispatcher registers
    same = old.__code__.co_qualname == new.__code__.co_qualname and old.__globals__ is new.__globals__
    if same and can_become(old, new.__code__):
        run.progress.superseded += become(run.journal, old, new)
        run.progress.changed_functions.add(id(old))
        return old
    replaced = moved or (old.__name__ == new.__name__ and old.__module__ == run.name == new.__module__)
    if replaced and not any(inner is old for inner in functions_under(new)):
        forward(run.journal, old, new)  # whoever still holds the old one reaches the new one
    return new


def _is_pair(run: ModuleRun, old: FunctionType, new: FunctionType) -> bool:
    """True when the living function has the code that this definition has, or had in the old release."""
    line = new.__code__.co_firstlineno
    code = run.pairs.new_code(new.__qualname__, line) if run.pairs else None
    pair = run.pairs.to(code) if run.pairs and code is not None else None
    return old.__code__ in ((pair.old, pair.new) if pair else (new.__code__,))


def _stands_for(old: FunctionType, statement: Statement, run: ModuleRun) -> bool:
    return (
        (old.__name__,) == statement.binds
        and old.__module__ == run.name
        and run.binds_last(statement, old.__name__)
    )


def _equal(old: Any, new: Any) -> bool:
    if type(old) is not type(new):
        return False
    if type(old) in (tuple, frozenset):
        if len(old) != len(new):
            return False
        if type(old) is frozenset:
            return all(isinstance(item, _PLAIN) for item in old) and old == new
        return all(_equal(a, b) for a, b in zip(old, new, strict=True))
    return isinstance(old, _PLAIN) and repr(old) == repr(new)
