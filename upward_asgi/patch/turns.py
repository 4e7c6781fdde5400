"""Instructions obeyed, each at its turn: modules with dependencies first, and once more what came too early.

What reads a name that only gets its new value later runs again: modules may import in a circle.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

from ..appup.definitions import Statement, definitions_of
from ..appup.diff import Change, Changed
from ..appup.instructions import (
    AddDefinition,
    Apply,
    CodeChange,
    DeleteDefinition,
    Instruction,
    PatchClass,
    RebindImporter,
    RebuildClass,
    ReplaceDefinition,
)
from ..appup.scopes import Scopes, key
from .code_changes import CodeChanges
from .deletions import delete_definition
from .hierarchy import with_subclasses
from .journal import MISSING
from .kinds import kind_of
from .material import Material
from .module_run import ModuleRun, Progress, future_flags
from .modules import delete_module, live_modules
from .report import PatchReport
from .stand_ins import require_own_namespace
from .stars import exported, taken_by_others
from .statements import adopt_definition, run_statement
from .unimportable import importers_of, wants_what_is_not_there

__all__ = ["RUNS", "Turns"]

RUNS = (AddDefinition, ReplaceDefinition, RebindImporter, PatchClass, RebuildClass)
"""The instructions that run a statement."""
_PASSES = 3
"""How often the instructions are gone through again for what became another value late."""


class Turns:
    """The turns of one patch's instructions; `remember` before anything changes, then `take`."""

    def __init__(
        self, material: Material, progress: Progress, report: PatchReport, code_changes: CodeChanges
    ) -> None:
        self.material = material
        self.progress = progress
        self.report = report
        self.code_changes = code_changes
        self.removed: list[tuple[str, object]] = []
        """What definitions that are gone stood for, with their modules."""
        self._moved: dict[str, object] = {}
        self._started: set[str] = set()
        self._own: set[str] = set()
        """Modules whose statements run in the namespace that everybody finds."""
        self._seen: dict[Instruction, set[str]] = {}
        self._overridden: dict[tuple[str, str], object] = {}

    def remember(self) -> None:
        """What is only to be seen before anything changes: definitions that move, and what stars bring."""
        for instruction in self.material.instructions:
            if isinstance(instruction, AddDefinition) and instruction.moved_from is not None:
                self._moved[instruction.moved_from] = _definition(instruction.moved_from)
            elif isinstance(instruction, RebindImporter | ReplaceDefinition):
                statement = self.progress.scopes.statements(instruction.module)[instruction.statement]
                at = (instruction.module, instruction.statement)
                for imported in statement.effects.imports:
                    if imported.bound == "*":
                        had = self.progress.exported.get(at, frozenset())
                        self.progress.exported[at] = had | exported(imported.module)
                        others = self.progress.taken.get(at, frozenset())
                        taken = taken_by_others(instruction.module, imported.module)
                        self.progress.taken[at] = others | taken

    def remade(self) -> Iterator[type]:
        """Classes with fields whose statement may run, and those below: their instances may gain some."""
        for instruction in self.material.instructions:
            live = sys.modules.get(instruction.module)
            if live is None or not isinstance(instruction, RUNS):
                continue
            statement = self.progress.scopes.statements(instruction.module)[instruction.statement]
            for name in statement.binds:
                cls = vars(live).get(name)
                if isinstance(cls, type) and kind_of(cls).fields(cls):
                    yield from with_subclasses(cls)

    def take(self, started: set[str]) -> None:
        """Obey them all. `started` are the modules that were there before; another is whole and new."""
        self._started = started
        for instruction in self.material.instructions:
            self._try(instruction)
        self._catch_up()
        self.report.statements += self.material.rebuilding.rebuild(self.progress, self._run_of)
        for (module, name), value in self._overridden.items():
            self.progress.journal.set_item(sys.modules[module].__dict__, name, value)

    def _catch_up(self) -> None:
        waiting = [i for i in self.material.instructions if getattr(i, "when", ()) and isinstance(i, RUNS)]
        for _ in range(_PASSES):
            late = [i for i in waiting if self._due(i)]
            for instruction in late:
                self._try(instruction)
            if not late:
                return

    def _due(self, instruction: Instruction) -> bool:
        """True when a name that the instruction depends on is another one since it had its last turn."""
        when: tuple[str, ...] = getattr(instruction, "when", ())
        return not (self.progress.dirty.intersection(when) <= self._seen.get(instruction, set()))

    def _try(self, instruction: Instruction) -> None:
        try:
            self._obey(instruction)
        except ImportError as error:
            if not wants_what_is_not_there(error, self.material.scopes):
                raise
            importers = self._importers(instruction.module, self.material.scopes)
            optional = all(statement.is_block for statement in importers)
            if not optional or not (importers or self._is_left(instruction.module)):
                raise
            delete_module(self.progress.journal, instruction.module)
            for statement in importers:  # `try: import …`, which takes the other way now
                run_statement(self._module_run(statement.module, sys.modules[statement.module]), statement)

    def _importers(self, module: str, scopes: Scopes) -> list[Statement]:
        return list(importers_of(module, scopes, live_modules(self.material.packages)))

    def _is_left(self, module: str) -> bool:
        """True when only the old release imported it: a fresh start has no use for it."""
        return bool(self._importers(module, Scopes(self.material.old)))

    def _obey(self, instruction: Instruction) -> None:
        live = sys.modules.get(instruction.module)
        if live is None:
            return  # never imported: whoever imports it gets the new release's
        if isinstance(instruction, RUNS):
            self._run(instruction, live)
        elif isinstance(instruction, DeleteDefinition):
            self._delete(instruction, live)
        elif isinstance(instruction, Apply):
            getattr(live, instruction.function)()
        elif isinstance(instruction, CodeChange):
            self.code_changes.module(instruction, live.__dict__)

    def _delete(self, instruction: DeleteDefinition, live: ModuleType) -> None:
        module, name = instruction.module, instruction.name
        stars = self.material.scopes.imports(module).get("*", ())
        if any(name in exported(star.module) for star in stars):
            return  # no statement names it any more, but a star import brings it
        gone = delete_definition(self.progress.journal, live, self.material.new[module], name)
        if gone is not MISSING:
            self.removed.append((module, gone))
            self.progress.dirty.add(key(module, name))

    def _run(self, instruction: Instruction, live: ModuleType) -> None:
        assert isinstance(instruction, RUNS)
        when = getattr(instruction, "when", ())
        if when and not self._due(instruction):
            return
        if instruction.module not in self._own:
            require_own_namespace(instruction.module, live)
            self._own.add(instruction.module)
        run = self._module_run(instruction.module, live)
        statement = run.progress.scopes.statements(instruction.module)[instruction.statement]
        moved_from = getattr(instruction, "moved_from", None)
        moved = MISSING if moved_from is None else self._moved[moved_from]
        if moved is not MISSING and moved_from is not None:
            older = self._older_definition(moved_from)
            run.changes = {**run.changes, statement.index: Change(Changed.TEXT, older, statement)}
        if instruction.module not in self._started:
            adopt_definition(run, statement, moved)
            return
        for earlier in self._brings_back(run, statement):
            self._try(earlier)
        self._keep_overridden(run, statement)
        whole = isinstance(instruction, ReplaceDefinition) and instruction.whole
        if isinstance(instruction, PatchClass | RebuildClass) and instruction.kept:
            run = replace(run, kept=frozenset(instruction.kept))
        if again := _again(instruction):
            run = replace(run, again=again)
        with self.material.rebuilding.unregistered(run, statement) as (run, statement):
            due = self.progress.dirty.intersection(when)
            run_statement(run, statement, moved=moved, whole=whole, due=due)
        self._seen[instruction] = self.progress.dirty.intersection(when)
        self.report.statements += 1

    def _brings_back(self, run: ModuleRun, statement: Statement) -> Iterator[Instruction]:
        """What binds names that the statement reads and that the module has deleted since."""
        missing = run.deleted() - run.namespace.keys()
        missing &= {read.partition(".")[0] for read in statement.effects.reads}
        for instruction in self.material.instructions if missing else ():
            if instruction.module == run.name and isinstance(instruction, RUNS):
                binder = run.progress.scopes.statements(run.name)[instruction.statement]
                if binder.index < statement.index and not missing.isdisjoint(binder.effects.binds):
                    yield instruction

    def _older_definition(self, name: str) -> Statement | None:
        module, _, definition = name.partition(":")
        found = definitions_of(self.material.old[module]) if module in self.material.old else ()
        return next((s for s in found if s.binds == (definition,) and not s.is_import), None)

    def _keep_overridden(self, run: ModuleRun, statement: Statement) -> None:
        """A name that two statements bind has the value of the last one, also when only the first runs."""
        for name in statement.effects.binds:
            if run.binds_last(statement, name):
                self._overridden.pop((run.name, name), None)
            elif name in run.namespace:
                self._overridden.setdefault((run.name, name), run.namespace[name])

    def _module_run(self, name: str, live: ModuleType) -> ModuleRun:
        module = self.material.new[name]
        source = self.material.sources.get(name)
        if source is None:
            return ModuleRun(self.progress, live, module, {}, None, future_flags(module))
        known = (source.changes, source.pairs, source.flags)
        return ModuleRun(self.progress, live, module, *known, former=source.former)

    def _run_of(self, name: str) -> ModuleRun | None:
        live = sys.modules.get(name)
        return None if live is None else self._module_run(name, live)


def _definition(moved_from: str) -> object:
    module, _, name = moved_from.partition(":")
    live = sys.modules.get(module)
    return MISSING if live is None else live.__dict__.get(name, MISSING)


def _again(instruction: Instruction) -> frozenset[str]:
    """The attributes of a class that are made anew in any case."""
    if isinstance(instruction, PatchClass):
        return frozenset(instruction.changed) - frozenset(instruction.kept)
    return frozenset(getattr(instruction, "again", ()))
