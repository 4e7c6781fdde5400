"""What is known of a changed module before the patch: its changes, its code in both releases, its places."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..appup.codes import CodePairs, compile_module, pair_codes
from ..appup.definitions import Statement, definitions_of
from ..appup.diff import Change, diff_statements
from ..appup.instructions import Instruction, MoveLines, PatchFunction, former_names
from ..appup.scopes import CLOSURES, Scopes, key
from ..appup.trees import Module, Tree
from .class_places import ClassPlace, class_places
from .former import Former, former
from .inner_annotations import InnerAnnotations, changed_annotations
from .module_run import future_flags

__all__ = ["Source", "read_sources", "unfit_closures", "work_out"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of one module before the patch: its changes and its code."""

    changes: dict[int, Change]
    pairs: CodePairs
    flags: int
    allowed: frozenset[str]
    places: tuple[ClassPlace, ...]
    annotated: tuple[str, ...]
    """The names that the old module annotates."""
    annotates: tuple[str, ...]
    """Those that the new one annotates."""
    inner: dict[tuple[str, int], InnerAnnotations]
    """Functions inside functions whose annotations changed."""
    former: Former
    """What the old module's statements bound."""


def read_sources(instructions: Sequence[Instruction], old: Tree, new: Tree) -> dict[str, Source]:
    """The changed modules by name. Raises `BadSource` when one does not parse."""
    renamed, scopes = former_names(instructions), Scopes(old)
    sources = {}
    for name in {i.module for i in instructions if isinstance(i, MoveLines)}:
        allowed = (i.qualname for i in instructions if isinstance(i, PatchFunction) and i.module == name)
        sources[name] = _source(scopes, new, name, renamed.get(name, name), frozenset(allowed))
    return sources


def _source(scopes: Scopes, new: Tree, name: str, before: str, allowed: frozenset[str]) -> Source:
    old = scopes.tree
    changes = diff_statements(definitions_of(old[before]), definitions_of(new[name]))
    compiled = compile_module(new[name])
    pairs = pair_codes(compile_module(old[before]), compiled)
    _work_out(changes)
    by_index = {change.new.index: change for change in changes if change.new}
    inner = changed_annotations(old[before], new[name], pairs)
    names = _annotated(old[before]), _annotated(new[name])
    was = former(scopes, before)
    return Source(
        by_index, pairs, future_flags(new[name]), allowed, class_places(compiled), *names, inner, was
    )


def work_out(instructions: Iterable[Instruction], old: Tree, new: Tree, scopes: Scopes) -> None:
    """Have the modules of the instructions parsed, and their statements know what the patch will ask them.

    The importers of what changed are among them, though nothing in them did. Raises `BadSource`.
    """
    for instruction in instructions:
        if instruction.module not in new:
            continue
        statements = scopes.statements(instruction.module)
        scopes.binding(instruction.module, "")
        scopes.import_nodes(instruction.module)
        index = getattr(instruction, "statement", None)
        if isinstance(index, int):
            _work_out_one(statements[index])
        home = (getattr(instruction, "moved_from", None) or "").partition(":")[0]
        if home in old:
            definitions_of(old[home])


def _work_out(changes: Iterable[Change]) -> None:
    """Have the statements know what the patch will ask them, which is a step that everybody waits for."""
    for change in changes:
        for statement in (change.old, change.new):
            if statement is not None:
                _work_out_one(statement)
        if change.old is not None and change.new is not None and change.old.is_class and change.new.is_class:
            diff_statements(change.old.body, change.new.body)


def _work_out_one(statement: Statement) -> None:
    _ = statement.binds
    for defined in statement.classes:
        _work_out_one(defined)
    if statement.is_class:
        _ = statement.class_as_read
        for inner in statement.body:
            _ = inner.binds, inner.evaluated
            _work_out_one(inner)


def _annotated(module: Module) -> tuple[str, ...]:
    targets = (node.target for node in module.tree.body if isinstance(node, ast.AnnAssign))
    return tuple(dict.fromkeys(target.id for target in targets if isinstance(target, ast.Name)))


def unfit_closures(sources: Mapping[str, Source]) -> Iterator[str]:
    """Functions whose closures cannot take their new code: what they decorated must be decorated anew."""
    for name, source in sources.items():
        for pair in source.pairs.pairs:
            if pair.changed and not pair.fits and "<locals>" in pair.qualname:
                yield f"{key(name, pair.qualname.partition('.<locals>')[0])}.{CLOSURES}"
