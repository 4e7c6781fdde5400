"""Definitions whose decorators write on another class: `@Operations.register("add")` makes `Operations.add`.

No statement in the body of that class binds such an attribute, so a marker for it asks for whoever wrote it:
the changed definitions that are decorated with something of the class.
"""

from __future__ import annotations

from collections.abc import Iterator

from .diff import Change, Changed
from .marked import Marked
from .names import dotted_names
from .scopes import Scopes, key
from .tree_diff import TreeDiff

__all__ = ["writers"]


def writers(diff: TreeDiff, scopes: Scopes, marked: Marked) -> Iterator[Change]:
    """The changed definitions that a marker for an attribute of another class asks for."""
    owners = set(_written_on(scopes, marked))
    if not owners:
        return
    for module, changes in diff.changes.items():
        for change in changes:
            if change.how in (Changed.TEXT, Changed.BODY) and _decorators(change, module, scopes) & owners:
                yield change


def _written_on(scopes: Scopes, marked: Marked) -> Iterator[str]:
    """The classes that a marker wants an attribute of which their own bodies do not make."""
    for name in marked.settings.rebuild:
        module, _, dotted = name.partition(":")
        owner, _, attribute = dotted.partition(".")
        if not attribute or module not in scopes.tree:
            continue
        for statement in scopes.binding(module, owner):
            made = {n for inner in statement.body if not inner.is_block for n in inner.binds}
            if statement.is_class and attribute.partition(".")[0] not in made:
                yield key(module, owner)


def _decorators(change: Change, module: str, scopes: Scopes) -> set[str]:
    """Every definition that the decorators of the new definition may be of."""
    nodes = getattr(change.new.node, "decorator_list", ()) if change.new else ()
    names = (name for node in nodes for name in dotted_names(node))
    return {found for name in names for found in scopes.resolve(module, name)}
