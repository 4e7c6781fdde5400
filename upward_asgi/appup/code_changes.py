"""`__code_change__` of modules and classes: where two trees call for it.

A module's migrates the module's own state, a class's every live instance. The newer release's runs, up as
well as down, since the older one cannot know what came after it; and only for what the release changes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from packaging.version import Version

from .definitions import Statement, definitions_of
from .diff import Change, Changed
from .instructions import CodeChange, Instruction, RebuildApp, ReplaceDefinition, former_names
from .scopes import key
from .tree_diff import TreeDiff
from .trees import Module

__all__ = ["HOOK", "Carried", "carried_by", "code_changes", "has_code_change"]

HOOK = "__code_change__"


@dataclass(frozen=True, slots=True)
class Carried:
    """What goes on in a patched process by the plan's own word, though a fresh start has it otherwise."""

    names: tuple[str, ...] = ()
    """Module-level names (`pkg.mod:NAME`) that a module's `__code_change__` migrates."""
    classes: tuple[str, ...] = ()
    """Classes (`pkg.mod:Class`) whose `__code_change__` migrates their instances."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Modules by the name that they had before."""
    refilled: tuple[str, ...] = ()
    """Tables (`pkg.mod:NAME`) that are made anew because what fills them changed: what was put in since would
    be lost."""
    applications: tuple[str, ...] = ()
    """Applications (`pkg.mod:app`) that are built again, under the names that they had before."""


def carried_by(instructions: Iterable[Instruction]) -> Carried:
    """What a plan's instructions say of that."""
    steps = tuple(instructions)
    changes = [step for step in steps if isinstance(step, CodeChange)]
    before = former_names(steps)
    built = [(step.home or step.module, step.name) for step in steps if isinstance(step, RebuildApp)]
    return Carried(
        tuple(key(step.module, name) for step in changes for name in step.names),
        tuple(key(step.module, step.owner) for step in changes if step.owner),
        {old: new for new, old in before.items()},
        tuple(
            key(step.module, name)
            for step in steps
            if isinstance(step, ReplaceDefinition) and step.refilled
            for name in step.binds
        ),
        tuple(dict.fromkeys(key(before.get(home, home), name) for home, name in built)),
    )


def code_changes(diff: TreeDiff, old: Version, new: Version) -> dict[str, tuple[CodeChange, ...]]:
    """The calls that going from `old` to `new` makes, by the module's name in the release gone to."""
    vsn = (str(old), str(new) if new < old else None)
    found = {name: tuple(_in_module(diff, name, *vsn, down=new < old)) for name in diff.changes}
    return {name: changes for name, changes in found.items() if changes}


def has_code_change(module: Module) -> bool:
    """True when the module says itself how its state goes on."""
    return HOOK.encode() in module.source and any(HOOK in s.binds for s in definitions_of(module))


def _in_module(diff: TreeDiff, name: str, vsn: str, to: str | None, *, down: bool) -> Iterator[CodeChange]:
    newer = diff.old[diff.moves.renamed.get(name, name)] if down else diff.new[name]
    if HOOK.encode() not in newer.source:
        return
    for statement in definitions_of(newer):
        if statement.is_function and statement.binds == (HOOK,):
            yield CodeChange(name, "", vsn, to, _migrated(statement, definitions_of(newer)))
    for change in diff.changes[name]:
        owner = change.old if down else change.new
        if owner is not None and _migrates_instances(change, owner):
            yield CodeChange(name, owner.binds[0], vsn, to)


def _migrates_instances(change: Change, newer: Statement) -> bool:
    if change.how is Changed.SAME or change.old is None or change.new is None or not newer.is_class:
        return False
    return any(inner.is_function and inner.binds == (HOOK,) for inner in newer.body)


def _migrated(hook: Statement, module: Iterable[Statement]) -> tuple[str, ...]:
    """Names of the module that the function reads or rebinds: values, not definitions."""
    values = {
        name
        for statement in module
        if not (statement.is_function or statement.is_class or statement.is_import)
        for name in statement.binds
    }
    mentioned: set[str] = set()
    for node in ast.walk(hook.node):
        if isinstance(node, ast.Name):
            mentioned.add(node.id)
        elif isinstance(node, ast.Global):
            mentioned.update(node.names)
    return tuple(sorted(values & mentioned))
