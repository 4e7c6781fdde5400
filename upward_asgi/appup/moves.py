"""What only moved between two trees: renamed modules, and definitions that now live in another module.

A rename keeps the module's live state; a moved class keeps its identity, so that its instances go on
(matched by definition, never by value).
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from .definitions import Statement, definitions_of
from .scopes import Scopes, key
from .trees import Module, Tree

__all__ = ["Moves", "find_moves"]

_EVIDENCE = 2
"""Definitions that a module must have for its likeness with another to mean anything."""

ALIKE = 0.6
"""Share of equal statements from which a vanished and a new module count as one that was renamed."""


@dataclass(frozen=True)
class Moves:
    """Where things went: new module -> old module, and new definition -> old definition."""

    renamed: dict[str, str]
    definitions: dict[str, str]


def find_moves(old: Tree, new: Tree) -> Moves:
    """Renamed modules, and classes and functions that moved to another module of the new tree."""
    renamed = _renamed(old, new)
    return Moves(renamed, {**_aliased(old, new), **_moved(old, new, set(renamed.values()))})


def _aliased(old: Tree, new: Tree) -> dict[str, str]:
    """Classes that were renamed with their old name kept as an alias: `Cart = Basket`."""
    found = {}
    for name, module in new.modules.items():
        if name not in old or old[name].source == module.source:
            continue
        before = {b for s in definitions_of(old[name]) if s.is_class for b in s.binds}
        added = {b for s in definitions_of(module) if s.is_class for b in s.binds} - _defined(old[name])
        for statement in definitions_of(module):
            node = statement.node
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in added:
                aliases = before.intersection(statement.binds)
                found.update({key(name, node.value.id): key(name, alias) for alias in aliases})
    return found


def _renamed(old: Tree, new: Tree) -> dict[str, str]:
    gone = [old[name] for name in old.modules if name not in new]
    found: dict[str, str] = {}
    for name in new.modules:
        if name in old:
            continue
        candidates = [
            m for m in gone if m.name not in found.values() and m.is_package == new[name].is_package
        ]
        likeness = {module.name: _likeness(module, new[name]) for module in candidates}
        best = max(likeness, key=likeness.__getitem__, default=None)
        if best is not None and likeness[best] >= ALIKE:
            found[name] = best
    return found


def _likeness(old: Module, new: Module) -> float:
    """0 to 1: how much of the definitions the two modules share, by kind and name."""
    one = [s.key for s in definitions_of(old) if not s.is_text]
    other = [s.key for s in definitions_of(new) if not s.is_text]
    if len(one) < _EVIDENCE or len(other) < _EVIDENCE:
        return 1.0 if old.source == new.source else 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _moved(old: Tree, new: Tree, renamed: set[str]) -> dict[str, str]:
    scopes = Scopes(new)
    left = {
        key(name, definition): definition
        for name, module in old.modules.items()
        if name not in renamed and (name not in new or module.source != new[name].source)
        for definition in _defined(old[name]) - (_defined(new[name]) if name in new else set())
    }
    if not left:
        return {}
    arrived: defaultdict[str, list[str]] = defaultdict(list)
    for name in new.modules:
        if name in old and old[name].source == new[name].source:
            continue  # nothing arrived there
        for definition in _defined(new[name]) - (_defined(old[name]) if name in old else set()):
            arrived[definition].append(name)
    found = {}
    for before, definition in left.items():
        for module in arrived[definition]:
            if _reached(scopes, before, key(module, definition), new):
                found[key(module, definition)] = before
    return found


def _reached(scopes: Scopes, before: str, after: str, new: Tree) -> bool:
    """True when the old place imports the definition from the new one, or is gone altogether."""
    module, _, name = before.partition(":")
    return module not in new or after in scopes.resolve(module, name)


def _defined(module: Module) -> set[str]:
    return {name for s in definitions_of(module) if _is_definition(s) for name in s.binds}


def _is_definition(statement: Statement) -> bool:
    return statement.is_class or statement.is_function
