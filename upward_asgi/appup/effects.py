"""Import-time effects that a patch cannot take back: a verdict on the statements themselves.

A statement that only binds names can run again or be taken back. One that acts on something (a call for its
effect) cannot be undone when the new release no longer makes it; and an empty container that becomes
something else would lose what the running service has put into it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from .containers import empty_container
from .definitions import Statement, assigned_value
from .diff import Change, Changed
from .scopes import Scopes, key
from .settings import Settings
from .tables_filled import tables_filled
from .tree_diff import TreeDiff
from .verdict import Reason, Verdict

__all__ = ["effects_verdict"]


def effects_verdict(diff: TreeDiff, settings: Settings, migrated: Collection[str] = ()) -> Verdict:
    """Cold for removed effects that nothing can take back, and for live containers that would be replaced.

    `migrated` are names (`pkg.mod:NAME`) that a `__code_change__` takes care of.
    """
    reasons: list[Reason] = []
    scopes = Scopes(diff.old)
    for module, changes in diff.changes.items():
        file = diff.new[module].path.relative_to(diff.new.root).as_posix()
        for change in changes:
            if not _filled_at_import(change, changes):
                reasons.extend(_removed(change, file, scopes))
                reasons.extend(_replaced(change, settings, file, migrated))
    return Verdict(tuple(reasons))


def _filled_at_import(change: Change, changes: Iterable[Change]) -> bool:
    """True when the module's own statements fill it: then the rehearsal tells what is live state."""
    if change.old is None or change.how is not Changed.TEXT:
        return False
    mutated = {name for other in changes if other.old is not None for name in other.old.effects.mutates}
    return not mutated.isdisjoint(change.old.binds)


def _removed(change: Change, file: str, scopes: Scopes) -> Iterator[Reason]:
    if change.how is not Changed.REMOVED or change.old is None or not _acts(change.old):
        return
    if not tables_filled(scopes, change.old):
        yield Reason(
            "removed_effect",
            f"`{_first_line(change.old)}` ran when the old release was imported and cannot be taken back",
            file,
            change.old.line,
            "undo it in a function of yours that a transform applies, or release a minor version",
        )


def _acts(statement: Statement) -> bool:
    """True for a call made for its effect, on something other than a name of the same module."""
    node = statement.node
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    return not statement.effects.mutates


def _replaced(change: Change, settings: Settings, file: str, migrated: Collection[str]) -> Iterator[Reason]:
    old, new = change.old, change.new
    if change.how is not Changed.TEXT or old is None or new is None:
        return
    kind = empty_container(assigned_value(old.node))
    if kind is None or kind == empty_container(assigned_value(new.node)):
        return
    for name in old.binds:
        if settings.marker(new.module, name) is None and key(new.module, name) not in migrated:
            yield Reason(
                "live_state",
                f"{name} was made as an empty container, holds live state now, and would be replaced",
                file,
                new.line,
                f'mark "{new.module}:{name}" as keep or rebuild in [tool.upward],'
                " or give the module a __code_change__",
            )


def _first_line(statement: Statement) -> str:
    return ast.unparse(statement.node).partition("\n")[0][:80]
