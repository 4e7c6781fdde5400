"""What differs between two source trees: module by module, before any flow of values is followed."""

from __future__ import annotations

from dataclasses import dataclass

from .definitions import definitions_of
from .diff import Change, diff_statements
from .moves import Moves, find_moves
from .trees import Tree

__all__ = ["TreeDiff", "diff_trees"]


@dataclass(frozen=True)
class TreeDiff:
    """What differs between two trees, before any flow of values is followed."""

    old: Tree
    new: Tree
    moves: Moves
    changes: dict[str, tuple[Change, ...]]
    """The statements of every module that both have and whose source differs."""


def diff_trees(old: Tree, new: Tree) -> TreeDiff:
    """Compare two trees module by module. Raises `BadSource` when a changed module does not parse."""
    moves = find_moves(old, new)
    changes = {}
    for name, module in new.modules.items():
        before = old.modules.get(moves.renamed.get(name, name))
        if before is not None and (before.source != module.source or before.name != name):
            changes[name] = diff_statements(definitions_of(before), definitions_of(module))
    return TreeDiff(old, new, moves, changes)
