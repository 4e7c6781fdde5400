"""Objects of the application's own classes that a statement makes anew: what they have gathered goes.

`HUB = Hub(10)` becomes `HUB = Hub(20)`: the new text is taken at its word, so the old hub's members are gone.
That forbids nothing, but nobody should find it out afterwards.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from .definitions import Statement, assigned_value, definitions_of
from .instructions import Instruction, ReplaceDefinition
from .names import dotted_names
from .scopes import Scopes, key
from .tree_diff import TreeDiff
from .verdict import Reason, Verdict

__all__ = ["made_anew_verdict"]


def made_anew_verdict(
    diff: TreeDiff, planned: Iterable[Instruction], migrated: Collection[str] = ()
) -> Verdict:
    """A note for each name whose object is replaced by one of the same making.

    `migrated` are names (`pkg.mod:NAME`) that a `__code_change__` takes care of.
    """
    scopes = Scopes(diff.new)
    notes: list[Reason] = []
    for one in planned:
        if isinstance(one, ReplaceDefinition) and not one.whole:
            statement = scopes.statements(one.module)[one.statement]
            if _makes_own(statement, scopes) and _was_made(statement, diff):
                notes.extend(_notes(statement, diff, migrated))
    return Verdict(notes=tuple(notes))


def _makes_own(statement: Statement, scopes: Scopes) -> bool:
    """True for an assignment of what a class of the application makes."""
    value = assigned_value(statement.node)
    if not isinstance(value, ast.Call):
        return False
    called = next(iter(dotted_names(value.func)), None)
    found = () if called is None else scopes.resolve(statement.module, called)
    named = (name.partition(":") for name in found)
    own = ((module, name) for module, _, name in named if module in scopes.tree)
    return any(one.is_class for module, name in own for one in scopes.binding(module, name))


def _was_made(statement: Statement, diff: TreeDiff) -> bool:
    """True when the old release called something for the same name."""
    module = diff.moves.renamed.get(statement.module, statement.module)
    if module not in diff.old:
        return False
    olds = (one for one in definitions_of(diff.old[module]) if one.binds == statement.binds)
    return any(isinstance(assigned_value(one.node), ast.Call) for one in olds)


def _notes(statement: Statement, diff: TreeDiff, migrated: Collection[str]) -> Iterator[Reason]:
    file = diff.new[statement.module].path.relative_to(diff.new.root).as_posix()
    for name in statement.binds:
        if key(statement.module, name) not in migrated:
            yield Reason(
                "made_anew",
                f"{name} is made anew, and what the running one has gathered is gone",
                file,
                statement.line,
                f'mark "{statement.module}:{name}" as keep or rebuild in [tool.upward],'
                " or give the module a __code_change__",
            )
