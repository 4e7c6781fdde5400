"""The one step of a patch on the event loop: imports switch to the new release; modules are renamed, placed
and removed; every living function gets its new code; then, module by module with dependencies first, the
statements of the instructions run.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import CodeType, FunctionType, ModuleType

from ..appup.definitions import Statement, definitions_of
from ..appup.diff import Change, Changed
from ..appup.instructions import (
    AddDefinition,
    Apply,
    CodeChange,
    DeleteDefinition,
    DeleteModule,
    Instruction,
    PatchClass,
    RebindImporter,
    RebuildApp,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
    former_names,
)
from ..appup.scopes import METADATA, Scopes, key
from ..appup.trees import Tree
from .annotations import tidy_annotations
from .class_places import refresh_places
from .code_changes import CodeChanges
from .deletions import delete_definition, drop_superseded, forget_removed
from .derived import derive_attributes
from .docs import refresh_docs
from .frameworks import forget_places
from .heap import expect
from .held_codes import renew_held_codes
from .hierarchy import detach, with_subclasses
from .in_use import require_not_in_use
from .inner_annotations import refresh_annotations
from .journal import MISSING, Journal
from .kinds import kind_of
from .layout import require_no_left_behind
from .living import LivingFunctions, clear_caches, distribute
from .module_run import ModuleRun, Progress, future_flags
from .modules import (
    delete_module,
    follow_namespaces,
    live_modules,
    made_below,
    rename_module,
    snapshot_modules,
    update_place,
)
from .process_state import ProcessState
from .rebuilding import Rebuilding
from .references import replace_references
from .report import PatchReport
from .roots import ImportRoot
from .sources import Source, unfit_closures
from .stand_ins import require_own_namespace
from .stars import exported
from .state import snapshot_state
from .statements import adopt_definition, run_statement
from .unimportable import importers_of, wants_what_is_not_there

__all__ = ["Material", "Step"]

_PASSES = 3
"""How often the instructions are gone through again for what became another value late."""
_RUNS = (AddDefinition, ReplaceDefinition, RebindImporter, PatchClass, RebuildClass)


@dataclass(frozen=True, slots=True)
class Material:
    """What the step works with: read, compared and compiled beforehand."""

    instructions: tuple[Instruction, ...]
    old: Tree
    new: Tree
    imports: ImportRoot
    sources: Mapping[str, Source]
    scopes: Scopes
    """The names of the new release."""
    rebuilding: Rebuilding

    @property
    def packages(self) -> frozenset[str]:
        """The top-level names of both releases."""
        return self.old.packages | self.new.packages


class Step:
    """The one step on the event loop; whoever runs it undoes the journal when it raises."""

    def __init__(
        self, material: Material, living: LivingFunctions, journal: Journal, report: PatchReport
    ) -> None:
        self.material = material
        self.living = living
        self.journal = journal
        self.report = report
        self.progress = Progress(journal, material.scopes, {METADATA, *unfit_closures(material.sources)})
        self.removed: list[tuple[str, object]] = []
        self.moved: dict[str, object] = {}
        self.started: set[str] = set()
        self.own: set[str] = set()
        """Modules whose statements run in the namespace that everybody finds."""
        self.left: list[tuple[str, FunctionType]] = []
        self.seen: dict[Instruction, set[str]] = {}
        self.overridden: dict[tuple[str, str], object] = {}
        self.code_changes = CodeChanges(
            (step for step in material.instructions if isinstance(step, CodeChange)), self.progress
        )

    def run(self) -> None:
        """Obey the instructions. Raises whatever the release's own statements raise, and `CannotFollow`."""
        material, process = self.material, ProcessState()
        self.journal.on_undo(process.restore)
        snapshot_modules(self.journal, material.packages)
        self.journal.on_undo(partial(follow_namespaces, material.packages))
        self.journal.do(partial(material.imports.switch, material.new.root))
        if any(isinstance(i, (*_RUNS, RebuildApp, CodeChange)) for i in material.instructions):
            live = live_modules(material.packages)
            snapshot_state(self.journal, [module.__dict__ for module in live.values()])
        self._remember()
        before = former_names(material.instructions)
        self.code_changes.before(lambda module: before.get(module, module))
        self._names()
        expect(self._remade())
        live = live_modules(material.packages)
        self.started = set(live)
        self._places(live)
        self._functions(live)
        for instruction in material.instructions:
            self._try(instruction)
        self._catch_up()
        self._rebuild()
        self._finish()
        process.close()

    def superseded_classes(self) -> list[weakref.ref[type]]:
        """The class objects in whose place others stand, for whoever looks whether they are gone."""
        return [weakref.ref(gone) for gone, _ in self.progress.superseded if isinstance(gone, type)]

    def _catch_up(self) -> None:
        """What reads a name that only got its new value later runs again: modules may import in a circle."""
        waiting = [i for i in self.material.instructions if getattr(i, "when", ()) and isinstance(i, _RUNS)]
        for _ in range(_PASSES):
            late = [i for i in waiting if self._due(i)]
            for instruction in late:
                self._try(instruction)
            if not late:
                return

    def _due(self, instruction: Instruction) -> bool:
        """True when a name that the instruction depends on is another one since it had its last turn."""
        when: tuple[str, ...] = getattr(instruction, "when", ())
        return not (self.progress.dirty.intersection(when) <= self.seen.get(instruction, set()))

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
            delete_module(self.journal, instruction.module)
            for statement in importers:  # `try: import …`, which takes the other way now
                run_statement(self._module_run(statement.module, sys.modules[statement.module]), statement)

    def _importers(self, module: str, scopes: Scopes) -> list[Statement]:
        return list(importers_of(module, scopes, live_modules(self.material.packages)))

    def _is_left(self, module: str) -> bool:
        """True when only the old release imported it: a fresh start has no use for it."""
        return bool(self._importers(module, Scopes(self.material.old)))

    def _remember(self) -> None:
        """What is only to be seen before anything changes: definitions that move, and what stars bring."""
        for instruction in self.material.instructions:
            if isinstance(instruction, AddDefinition) and instruction.moved_from is not None:
                self.moved[instruction.moved_from] = _definition(instruction.moved_from)
            elif isinstance(instruction, RebindImporter | ReplaceDefinition):
                statement = self.progress.scopes.statements(instruction.module)[instruction.statement]
                at = (instruction.module, instruction.statement)
                for imported in statement.effects.imports:
                    if imported.bound == "*":
                        had = self.progress.exported.get(at, frozenset())
                        self.progress.exported[at] = had | exported(imported.module)

    def _remade(self) -> Iterator[type]:
        """Classes with fields whose statement may run, and those below: their instances may gain some."""
        for instruction in self.material.instructions:
            live = sys.modules.get(instruction.module)
            if live is None or not isinstance(instruction, _RUNS):
                continue
            statement = self.progress.scopes.statements(instruction.module)[instruction.statement]
            for name in statement.binds:
                cls = vars(live).get(name)
                if isinstance(cls, type) and kind_of(cls).fields(cls):
                    yield from with_subclasses(cls)

    def _names(self) -> None:
        for instruction in self.material.instructions:
            if isinstance(instruction, RenameModule):
                rename_module(self.journal, instruction.module, instruction.to)
            elif isinstance(instruction, DeleteModule):
                for name in (*made_below(instruction.module, self.material.new), instruction.module):
                    delete_module(self.journal, name)

    def _places(self, live: dict[str, ModuleType]) -> None:
        new = self.material.new
        for name, module in live.items():
            if name in new and update_place(self.journal, module, new[name], new.root, self.material.imports):
                self.progress.dirty.update(key(name, n) for n in ("__file__", "__path__", "__spec__"))
        follow_namespaces(self.material.packages)

    def _functions(self, live: dict[str, ModuleType]) -> None:
        named = {n: live[n].__dict__ for n in self.material.sources if n in live}
        if not named:
            return
        living = self.progress.living = self.living
        left: list[tuple[str, FunctionType]] = []
        for name, namespace in named.items():
            source = self.material.sources[name]
            done = distribute(self.journal, living.of(namespace), source.pairs, source.allowed)
            self.report.functions += done.given
            left.extend((name, function) for function in done.left)
            self.progress.changed_functions.update(done.changed)
            self.progress.docs.extend(done.docs)
        self.left = left
        if self.report.functions:
            forget_places(self.journal)
        renew_held_codes(self.journal, [module.__dict__ for module in live.values()], self._renewed)

    def _renewed(self, code: CodeType) -> CodeType | None:
        pairs = (source.pairs.of(code) for source in self.material.sources.values())
        return next((pair.new for pair in pairs if pair is not None), None)

    def _obey(self, instruction: Instruction) -> None:
        live = sys.modules.get(instruction.module)
        if live is None:
            return  # never imported: whoever imports it gets the new release's
        if isinstance(instruction, _RUNS):
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
        gone = delete_definition(self.journal, live, self.material.new[module], name)
        if gone is not MISSING:
            self.removed.append((module, gone))
            self.progress.dirty.add(key(module, name))

    def _run(self, instruction: Instruction, live: ModuleType) -> None:
        assert isinstance(instruction, _RUNS)
        when = getattr(instruction, "when", ())
        if when and not self._due(instruction):
            return
        if instruction.module not in self.own:
            require_own_namespace(instruction.module, live)
            self.own.add(instruction.module)
        run = self._module_run(instruction.module, live)
        statement = run.progress.scopes.statements(instruction.module)[instruction.statement]
        moved_from = getattr(instruction, "moved_from", None)
        moved = MISSING if moved_from is None else self.moved[moved_from]
        if moved is not MISSING and moved_from is not None:
            older = self._older_definition(moved_from)
            run.changes = {**run.changes, statement.index: Change(Changed.TEXT, older, statement)}
        if instruction.module not in self.started:
            adopt_definition(run, statement, moved)
            return
        self._keep_overridden(run, statement)
        whole = isinstance(instruction, ReplaceDefinition) and instruction.whole
        again = _again(instruction)
        if isinstance(instruction, PatchClass | RebuildClass) and instruction.kept:
            run = replace(run, kept=frozenset(instruction.kept))
        with self.material.rebuilding.unregistered(run, statement) as (run, statement):
            run_statement(run, statement, moved=moved, whole=whole, again=again)
        self.seen[instruction] = self.progress.dirty.intersection(when)
        self.report.statements += 1

    def _older_definition(self, name: str) -> Statement | None:
        module, _, definition = name.partition(":")
        found = definitions_of(self.material.old[module]) if module in self.material.old else ()
        return next((s for s in found if s.binds == (definition,) and not s.is_import), None)

    def _keep_overridden(self, run: ModuleRun, statement: Statement) -> None:
        """A name that two statements bind has the value of the last one, also when only the first runs."""
        for name in statement.effects.binds:
            if run.binds_last(statement, name):
                self.overridden.pop((run.name, name), None)
            elif name in run.namespace:
                self.overridden.setdefault((run.name, name), run.namespace[name])

    def _module_run(self, name: str, live: ModuleType) -> ModuleRun:
        module = self.material.new[name]
        source = self.material.sources.get(name)
        if source is None:
            return ModuleRun(self.progress, live, module, {}, None, future_flags(module))
        return ModuleRun(self.progress, live, module, source.changes, source.pairs, source.flags)

    def _rebuild(self) -> None:
        def module_run(name: str) -> ModuleRun | None:
            live = sys.modules.get(name)
            return None if live is None else self._module_run(name, live)

        self.report.statements += self.material.rebuilding.rebuild(self.progress, module_run)

    def _finish(self) -> None:
        self._rebind_overridden()
        require_no_left_behind(self.progress)
        for _, stands in self.progress.superseded:
            if isinstance(stands, type):
                kind_of(stands).settle(self.journal, stands)
        live = live_modules(self.material.packages)
        forget_removed(self.journal, live, self.removed)
        drop_superseded(self.journal, live, self.progress.superseded)
        superseded, made_again = self.progress.superseded, self.progress.taken_over
        replace_references(self.journal, superseded, skip=(superseded, *superseded, made_again))
        for made in made_again:
            detach(made)
        self.code_changes.instances()
        derive_attributes(self.journal, self.progress.gained)
        for name, source in self.material.sources.items():
            if name in sys.modules:
                self._tidy(sys.modules[name], source)
                refresh_places(self.journal, sys.modules[name], source.places)
        if self.progress.living is not None:
            self._annotate(self.progress.living)
            clear_caches(self.progress.living, self.progress.changed_functions, self._reads_changed)
            modules = live_modules(self.material.packages).values()
            functions = (*self.progress.living.all(), *self.progress.living.wrappers)
            refresh_docs(self.journal, self.progress.docs, functions, modules)
        require_not_in_use(self.journal, self.progress.gone)
        self._report()

    def _annotate(self, living: LivingFunctions) -> None:
        for name, source in self.material.sources.items():
            if name in sys.modules:
                refresh_annotations(self.journal, living.of(sys.modules[name].__dict__), source.inner)

    def _reads_changed(self, function: FunctionType) -> bool:
        """True when the function's body reads a name that has another object or value now."""
        module = function.__globals__.get("__name__")
        if not isinstance(module, str) or module not in self.material.new:
            return False
        names = function.__code__.co_names
        return any(key(module, name) in self.progress.dirty for name in names)

    def _tidy(self, live: ModuleType, source: Source) -> None:
        annotations = live.__dict__.get("__annotations__")
        if type(annotations) is dict and source.annotated != source.annotates:
            tidy_annotations(self.journal, annotations, source.annotated, source.annotates)

    def _rebind_overridden(self) -> None:
        for (module, name), value in self.overridden.items():
            self.journal.set_item(sys.modules[module].__dict__, name, value)

    def _report(self) -> None:
        self.report.left = tuple(
            f"{name}:{f.__qualname__}"
            for name, f in self.left
            if f.__code__.co_qualname and not _given(self, name, f)
        )
        self.report.notes = tuple(self.progress.notes)


def _given(step: Step, name: str, function: FunctionType) -> bool:
    """True when a statement that ran later gave the function its new code after all."""
    source = step.material.sources[name]
    return source.pairs.of(function.__code__) is None


def _definition(moved_from: str) -> object:
    module, _, name = moved_from.partition(":")
    live = sys.modules.get(module)
    return MISSING if live is None else live.__dict__.get(name, MISSING)


def _again(instruction: Instruction) -> frozenset[str]:
    """The attributes of a class whose statements run in any case."""
    if not isinstance(instruction, PatchClass):
        return frozenset()
    return frozenset(instruction.changed) - frozenset(instruction.kept)
