"""Applying instructions to the live process: prepared off the event loop, applied in one step, undone whole.

Order of a patch: imports switch to the new release; modules are renamed, placed and removed; every living
function
gets its new code; then, module by module with dependencies first, the statements of the instructions run.
Nothing in it awaits, so no other task sees a mixture; any exception undoes everything.
"""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType

from ..appup.codes import CodePairs, compile_module, pair_codes
from ..appup.definitions import Statement, definitions_of
from ..appup.diff import Change, Changed, diff_statements
from ..appup.instructions import (
    AddDefinition,
    Apply,
    DeleteDefinition,
    DeleteModule,
    Instruction,
    MoveLines,
    PatchClass,
    PatchFunction,
    RebindImporter,
    RebuildApp,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
)
from ..appup.planning import CLOSURES
from ..appup.scopes import METADATA, Scopes, key
from ..appup.settings import Settings
from ..appup.trees import Module, Tree, read_tree
from ..errors import NotHot, PatchFailed
from .annotations import tidy_annotations
from .changed import ChangedCode
from .class_places import ClassPlace, class_places, refresh_places
from .deletions import delete_definition, drop_superseded, forget_removed
from .derived import derive_attributes
from .docs import refresh_docs
from .journal import MISSING, Journal
from .layout import require_no_left_behind
from .living import LivingFunctions, clear_caches, distribute
from .module_run import ModuleRun, Progress, future_flags
from .modules import delete_module, live_modules, rename_module, snapshot_modules, update_place
from .rebuilding import Rebuilding
from .references import replace_references
from .refusal import CannotFollow
from .roots import ImportRoot
from .state import snapshot_state
from .statements import adopt_definition, run_statement

__all__ = ["Patch", "PatchReport", "Prepared", "prepare"]

_RUNS = (AddDefinition, ReplaceDefinition, RebindImporter, PatchClass, RebuildClass)


@dataclass(slots=True)
class PatchReport:
    """What a patch did, in numbers and names."""

    functions: int = 0
    """Living functions that were given new code, moved ones included."""
    statements: int = 0
    """Statements that ran."""
    steps: int = 0
    """Journal entries."""
    seconds: float = 0.0
    """How long the event loop was held."""
    left: tuple[str, ...] = ()
    """Living functions that still run old code, as `module:qualname`: they could not follow."""
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "functions": self.functions,
            "statements": self.statements,
            "steps": self.steps,
            "seconds": self.seconds,
            "left": list(self.left),
            "notes": list(self.notes),
        }


class Patch:
    """An applied patch: its report, and the way back."""

    def __init__(self, journal: Journal, report: PatchReport) -> None:
        self._journal = journal
        self.report = report

    def undo(self) -> None:
        """Bring back exactly what was there before the patch. A second call does nothing."""
        self._journal.undo()


@dataclass(slots=True)
class _Source:
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


@dataclass(slots=True)
class Prepared:
    """A patch that is read, compared and compiled, ready to be applied. Made by `prepare`."""

    instructions: tuple[Instruction, ...]
    old: Tree
    new: Tree
    imports: ImportRoot
    changed: ChangedCode
    _sources: dict[str, _Source]
    _scopes: Scopes
    _living: LivingFunctions | None = field(default=None)
    _rebuilding: Rebuilding = field(init=False)

    def __post_init__(self) -> None:
        self._rebuilding = Rebuilding(self.instructions, self._scopes)

    @property
    def packages(self) -> frozenset[str]:
        """The top-level names of both releases."""
        return self.old.packages | self.new.packages

    def scan(self) -> None:
        """Look for the living functions beforehand, in another thread: the costliest part of a patch.

        Worth its while right before `apply`, which then only catches up with what was born in between.
        """
        live = live_modules(self.packages)
        self._living = LivingFunctions.scan([module.__dict__ for module in live.values()])

    def apply(self) -> Patch:
        """Apply the patch in one step. Raises `NotHot` or `PatchFailed`, with everything undone."""
        journal, report = Journal(), PatchReport()
        started = time.perf_counter()
        try:
            _Step(self, journal, report).run()
        except CannotFollow as refusal:
            journal.undo()
            raise NotHot([refusal.reason]) from refusal
        except BaseException as error:
            journal.undo()
            if isinstance(error, KeyboardInterrupt | GeneratorExit):
                raise
            raise _failed(error) from error
        report.seconds = time.perf_counter() - started
        report.steps = len(journal)
        return Patch(journal, report)


def prepare(
    instructions: Sequence[Instruction],
    *,
    old: Path,
    new: Path,
    imports: ImportRoot,
    packages: Sequence[str] | None = None,
    settings: Settings | None = None,
) -> Prepared:
    """Read and compile what the instructions need; safe off the event loop. Raises `BadSource`."""
    old_tree, new_tree = read_tree(old, packages), read_tree(new, packages)
    renamed = {i.to: i.module for i in instructions if isinstance(i, RenameModule)}
    sources = {}
    for name in {i.module for i in instructions if isinstance(i, MoveLines)}:
        allowed = (i.qualname for i in instructions if isinstance(i, PatchFunction) and i.module == name)
        sources[name] = _source(old_tree, new_tree, name, renamed.get(name, name), frozenset(allowed))
    pairs = {name: source.pairs.pairs for name, source in sources.items()}
    files = {name: new_tree[name].path.relative_to(new).as_posix() for name in sources}
    return Prepared(
        tuple(instructions),
        old_tree,
        new_tree,
        imports,
        ChangedCode.of(pairs, files),
        sources,
        Scopes(new_tree),
    )


def _source(old: Tree, new: Tree, name: str, before: str, allowed: frozenset[str]) -> _Source:
    changes = diff_statements(definitions_of(old[before]), definitions_of(new[name]))
    compiled = compile_module(new[name])
    pairs = pair_codes(compile_module(old[before]), compiled)
    by_index = {change.new.index: change for change in changes if change.new}
    names = _annotated(old[before]), _annotated(new[name])
    return _Source(by_index, pairs, future_flags(new[name]), allowed, class_places(compiled), *names)


def _annotated(module: Module) -> tuple[str, ...]:
    targets = (node.target for node in module.tree.body if isinstance(node, ast.AnnAssign))
    return tuple(dict.fromkeys(target.id for target in targets if isinstance(target, ast.Name)))


def _unfit_closures(sources: dict[str, _Source]) -> Iterator[str]:
    """Functions whose closures cannot take their new code: what they decorated must be decorated anew."""
    for name, source in sources.items():
        for pair in source.pairs.pairs:
            if pair.changed and not pair.fits and "<locals>" in pair.qualname:
                yield f"{key(name, pair.qualname.partition('.<locals>')[0])}.{CLOSURES}"


def _failed(error: BaseException) -> PatchFailed:
    return PatchFailed(
        expected="every step of the patch to succeed",
        got=f"{type(error).__name__}: {error}",
        do="mend the release and try again; everything was undone",
    )


class _Step:
    """The one step on the event loop."""

    def __init__(self, prepared: Prepared, journal: Journal, report: PatchReport) -> None:
        self.prepared = prepared
        self.journal = journal
        self.report = report
        self.progress = Progress(journal, prepared._scopes, {METADATA, *_unfit_closures(prepared._sources)})
        self.removed: list[object] = []
        self.moved: dict[str, object] = {}
        self.started: set[str] = set()
        self.left: list[tuple[str, FunctionType]] = []
        self.overridden: dict[tuple[str, str], object] = {}

    def run(self) -> None:
        prepared = self.prepared
        snapshot_modules(self.journal, prepared.packages)
        self.journal.on_undo(prepared.imports.switch(prepared.new.root))
        self._remember()
        self._names()
        self.started = set(live_modules(prepared.packages))
        self._places()
        live = live_modules(prepared.packages)
        self._functions(live)
        if any(isinstance(i, (*_RUNS, RebuildApp)) for i in prepared.instructions):
            snapshot_state(self.journal, [module.__dict__ for module in live.values()])
        for instruction in prepared.instructions:
            self._obey(instruction)
        self._rebuild()
        self._finish()

    def _remember(self) -> None:
        """What is only to be seen before anything changes: definitions that move, and what stars bring."""
        for instruction in self.prepared.instructions:
            if isinstance(instruction, AddDefinition) and instruction.moved_from is not None:
                self.moved[instruction.moved_from] = _definition(instruction.moved_from)
            elif isinstance(instruction, RebindImporter):
                statement = self.progress.scopes.statements(instruction.module)[instruction.statement]
                at = (instruction.module, instruction.statement)
                for imported in statement.effects.imports:
                    if imported.bound == "*":
                        self.progress.exported[at] = _exported(imported.module)

    def _names(self) -> None:
        for instruction in self.prepared.instructions:
            if isinstance(instruction, RenameModule):
                rename_module(self.journal, instruction.module, instruction.to)
            elif isinstance(instruction, DeleteModule):
                delete_module(self.journal, instruction.module)

    def _places(self) -> None:
        new = self.prepared.new
        for name, live in live_modules(self.prepared.packages).items():
            if name in new and update_place(self.journal, live, new[name], new.root, self.prepared.imports):
                self.progress.dirty.update(key(name, n) for n in ("__file__", "__path__", "__spec__"))

    def _functions(self, live: dict[str, ModuleType]) -> None:
        named = {n: live[n].__dict__ for n in self.prepared._sources if n in live}
        if not named:
            return
        living = self.progress.living = self._scan(live)
        left: list[tuple[str, FunctionType]] = []
        for name, namespace in named.items():
            source = self.prepared._sources[name]
            done = distribute(self.journal, living.of(namespace), source.pairs, source.allowed)
            self.report.functions += done.given
            left.extend((name, function) for function in done.left)
            self.progress.changed_functions.update(done.changed)
            self.progress.docs.extend(done.docs)
        self.left = left

    def _scan(self, live: dict[str, ModuleType]) -> LivingFunctions:
        namespaces = [module.__dict__ for module in live.values()]
        scanned, self.prepared._living = self.prepared._living, None
        return LivingFunctions.scan(namespaces) if scanned is None else scanned.catch_up(namespaces)

    def _obey(self, instruction: Instruction) -> None:
        live = sys.modules.get(instruction.module)
        if live is None:
            return  # never imported: whoever imports it gets the new release's
        if isinstance(instruction, _RUNS):
            self._run(instruction, live)
        elif isinstance(instruction, DeleteDefinition):
            gone = delete_definition(
                self.journal, live, self.prepared.new[instruction.module], instruction.name
            )
            if gone is not MISSING:
                self.removed.append(gone)
                self.progress.dirty.add(key(instruction.module, instruction.name))
        elif isinstance(instruction, Apply):
            getattr(live, instruction.function)()

    def _run(self, instruction: Instruction, live: ModuleType) -> None:
        assert isinstance(instruction, _RUNS)
        when = getattr(instruction, "when", ())
        if when and self.progress.dirty.isdisjoint(when):
            return
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
        forced = not when and isinstance(instruction, ReplaceDefinition) and self._is_same(run, statement)
        with self.prepared._rebuilding.unregistered(run, statement) as (run, statement):
            run_statement(run, statement, moved=moved, forced=forced)
        self.report.statements += 1

    def _older_definition(self, name: str) -> Statement | None:
        module, _, definition = name.partition(":")
        found = definitions_of(self.prepared.old[module])
        return next((s for s in found if s.binds == (definition,) and not s.is_import), None)

    def _is_same(self, run: ModuleRun, statement: Statement) -> bool:
        change = run.changes.get(statement.index)
        return change is None or change.how is Changed.SAME

    def _keep_overridden(self, run: ModuleRun, statement: Statement) -> None:
        """A name that two statements bind has the value of the last one, also when only the first runs."""
        for name in statement.effects.binds:
            if run.binds_last(statement, name):
                self.overridden.pop((run.name, name), None)
            elif name in run.namespace:
                self.overridden.setdefault((run.name, name), run.namespace[name])

    def _module_run(self, name: str, live: ModuleType) -> ModuleRun:
        module = self.prepared.new[name]
        source = self.prepared._sources.get(name)
        if source is None:
            return ModuleRun(self.progress, live, module, {}, None, future_flags(module))
        return ModuleRun(self.progress, live, module, source.changes, source.pairs, source.flags)

    def _rebuild(self) -> None:
        def module_run(name: str) -> ModuleRun | None:
            live = sys.modules.get(name)
            return None if live is None else self._module_run(name, live)

        self.report.statements += self.prepared._rebuilding.rebuild(self.progress, module_run)

    def _finish(self) -> None:
        self._rebind_overridden()
        require_no_left_behind(self.progress)
        derive_attributes(self.journal, self.progress.gained)
        forget_removed(self.journal, live_modules(self.prepared.packages), self.removed)
        drop_superseded(self.journal, live_modules(self.prepared.packages), self.progress.superseded)
        replace_references(
            self.journal, self.progress.superseded, skip=(self.progress.superseded, *self.progress.superseded)
        )
        for name, source in self.prepared._sources.items():
            if name in sys.modules:
                self._tidy(sys.modules[name], source)
                refresh_places(self.journal, sys.modules[name], source.places)
        if self.progress.living is not None:
            clear_caches(self.progress.living, self.progress.changed_functions, self._reads_changed)
            modules = live_modules(self.prepared.packages).values()
            refresh_docs(self.journal, self.progress.docs, self.progress.living.all(), modules)
        self._report()

    def _reads_changed(self, function: FunctionType) -> bool:
        """True when the function's body reads a name that has another object or value now."""
        module = function.__globals__.get("__name__")
        if not isinstance(module, str) or module not in self.prepared.new:
            return False
        names = function.__code__.co_names
        return any(key(module, name) in self.progress.dirty for name in names)

    def _tidy(self, live: ModuleType, source: _Source) -> None:
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


def _given(step: _Step, name: str, function: FunctionType) -> bool:
    """True when a statement that ran later gave the function its new code after all."""
    source = step.prepared._sources[name]
    return source.pairs.of(function.__code__) is None


def _exported(module: str) -> frozenset[str]:
    """The names that a star import of the live module brings now."""
    namespace = getattr(sys.modules.get(module), "__dict__", {})
    public = [name for name in namespace if not name.startswith("_")]
    return frozenset(namespace.get("__all__", public))


def _definition(moved_from: str) -> object:
    module, _, name = moved_from.partition(":")
    live = sys.modules.get(module)
    return MISSING if live is None else live.__dict__.get(name, MISSING)
