"""Two source trees to instructions, in the order in which a fresh start would come to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.version import Version

from .code_changes import code_changes
from .definitions import made_otherwise
from .diff import Change, Changed, diff_statements
from .flow import Flow, Run
from .import_order import import_sequence
from .instructions import (
    AddDefinition,
    AddModule,
    CodeChange,
    DeleteDefinition,
    DeleteModule,
    Instruction,
    MoveLines,
    PatchClass,
    PatchFunction,
    RebindImporter,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
)
from .scopes import key
from .settings import Settings
from .tables_filled import makes_table
from .tree_diff import TreeDiff

__all__ = ["plan_instructions"]


def plan_instructions(
    diff: TreeDiff, settings: Settings, old: Version, new: Version
) -> tuple[Instruction, ...]:
    """The instructions that turn a live process of the tree of `old` into one of the tree of `new`."""
    changes = code_changes(diff, old, new)
    migrated = (key(step.module, n) for steps in changes.values() for step in steps for n in step.names)
    flow = Flow(diff, settings)
    flow.dirty.update(migrated)
    return tuple(_Planner(diff, flow.follow(), changes).instructions())


class _Planner:
    def __init__(
        self, diff: TreeDiff, flow: Flow, code_changes: Mapping[str, tuple[CodeChange, ...]]
    ) -> None:
        self.code_changes = code_changes
        self.diff = diff
        self.flow = flow
        self.scopes = flow.scopes

    def instructions(self) -> Iterator[Instruction]:
        moves, old, new = self.diff.moves, self.diff.old, self.diff.new
        yield from (RenameModule(before, after) for after, before in sorted(moves.renamed.items()))
        yield from (AddModule(name) for name in sorted(new.modules) if self._added(name))
        gone = (name for name in old.modules if name not in new and name not in moves.renamed.values())
        for name in sorted(gone, reverse=True):
            yield DeleteModule(name)
        touched = {*self.diff.changes, *(name for name, runs in self.flow.runs.items() if runs)}
        touched |= self.flow.applications.modules()
        begun: set[str] = set()
        for module, index in import_sequence(self.scopes, sorted(touched)):
            if module in touched:
                yield from () if module in begun else self._beginning(module)
                begun.add(module)
                yield from self._ending(module) if index is None else self._at(module, index)
        yield from self._arrivals()

    def _added(self, name: str) -> bool:
        return name not in self.diff.old and name not in self.diff.moves.renamed

    def _arrivals(self) -> Iterator[Instruction]:
        """Definitions that moved into new modules: who imports those makes them, then they are adopted."""
        for after, before in sorted(self.diff.moves.definitions.items()):
            module, _, name = after.partition(":")
            if self._added(module):
                found = (s for s in self.scopes.statements(module) if s.binds == (name,) and not s.is_import)
                yield from (AddDefinition(module, s.index, s.binds, moved_from=before) for s in found)

    def _beginning(self, module: str) -> Iterator[Instruction]:
        for name in self.flow.deleted[module]:
            yield DeleteDefinition(module, name)
        if module in self.diff.changes:
            yield MoveLines(module)
            yield from self._functions(module)

    def _at(self, module: str, index: int) -> Iterator[Instruction]:
        if index in self.flow.runs[module]:
            yield self._instruction(self.flow.runs[module][index])

    def _ending(self, module: str) -> Iterator[Instruction]:
        yield from self.flow.applications.instructions(module)
        yield from self.code_changes.get(module, ())

    def _functions(self, module: str) -> Iterator[Instruction]:
        named = [p for p in self.flow.pairs(module).pairs if p.changed and not _is_class_body(p.new.co_flags)]
        for qualname in dict.fromkeys(pair.qualname for pair in named):
            yield PatchFunction(module, qualname)

    def _instruction(self, run: Run) -> Instruction:
        statement, when = run.statement, () if run.always else tuple(sorted(run.when))
        at = (statement.module, statement.index, statement.binds)
        if run.change is not None and run.change.how is Changed.ADDED:
            moved = next((self.diff.moves.definitions.get(key(at[0], n)) for n in at[2]), None)
            return AddDefinition(*at, moved_from=moved)
        if statement.is_import:
            return RebindImporter(*at, when=when)
        if self.flow.marked.rebuilds(statement):
            return ReplaceDefinition(*at, whole=True, again=self.flow.marked.again_inside(statement))
        if not statement.is_class or (run.change is not None and not _was_class(run.change)):
            same = run.change is None or run.change.how is Changed.SAME
            return ReplaceDefinition(*at, when=when, refilled=same and makes_table(statement))
        return self._class_instruction(run, when)

    def _class_instruction(self, run: Run, when: tuple[str, ...]) -> Instruction:
        statement = run.statement
        name, marked = statement.binds[0], self.flow.marked.again_inside(statement)
        held = self.flow.marked.kept_inside(statement)
        if run.change is None or run.change.old is None:
            return PatchClass(statement.module, name, statement.index, marked, when=when, kept=held)
        if made_otherwise(run.change.old, statement):
            return RebuildClass(statement.module, name, statement.index, when, held, marked)
        inner = diff_statements(run.change.old.body, statement.body)
        names = {how: tuple(_names(inner, how)) for how in Changed}
        kept = {name for change in inner if change.new is not None for name in change.new.binds}
        deleted = tuple(name for name in names[Changed.REMOVED] if name not in kept)
        changed = tuple(dict.fromkeys((*names[Changed.TEXT], *marked)))
        return PatchClass(
            statement.module, name, statement.index, changed, names[Changed.ADDED], deleted, when, held
        )


def _names(changes: tuple[Change, ...], how: Changed) -> Iterator[str]:
    found = (change.new or change.old for change in changes if change.how is how)
    yield from dict.fromkeys(name for statement in found if statement for name in statement.binds)


def _was_class(change: Change) -> bool:
    return change.old is not None and change.old.is_class


def _is_class_body(flags: int) -> bool:
    return not flags & 0x2  # CO_NEWLOCALS: set for functions, never for class bodies
