"""The one step of a patch on the event loop: imports switch to the new release; modules are renamed, placed
and removed; every living function gets its new code; then, module by module with dependencies first, the
statements of the instructions run.
"""

from __future__ import annotations

import weakref
from functools import partial
from types import CodeType, FunctionType, ModuleType

from ..appup.instructions import CodeChange, DeleteModule, RebuildApp, RenameModule, former_names
from ..appup.scopes import METADATA, key
from .code_changes import CodeChanges
from .code_places import follow_code_places
from .finishing import finish
from .frameworks import forget_places
from .heap import expect
from .held_codes import renew_held_codes
from .journal import Journal
from .living import LivingFunctions, distribute
from .material import Material
from .module_run import Progress
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
from .registrations import Registrations
from .report import PatchReport
from .sources import unfit_closures
from .state import snapshot_state
from .turns import RUNS, Turns

__all__ = ["Step"]


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
        self.code_changes = CodeChanges(
            (step for step in material.instructions if isinstance(step, CodeChange)), self.progress
        )
        self.turns = Turns(material, self.progress, report, self.code_changes)
        self.left: list[tuple[str, FunctionType]] = []

    def run(self) -> None:
        """Obey the instructions. Raises whatever the release's own statements raise, and `CannotFollow`."""
        material, process = self.material, ProcessState()
        self.journal.on_undo(process.restore)
        snapshot_modules(self.journal, material.packages)
        self.journal.on_undo(partial(follow_namespaces, material.packages))
        self.journal.do(partial(material.imports.switch, material.new.root))
        if any(isinstance(i, (*RUNS, RebuildApp, CodeChange)) for i in material.instructions):
            live = live_modules(material.packages)
            tables = snapshot_state(self.journal, [module.__dict__ for module in live.values()])
            self.progress.registrations = Registrations(self.journal, tables)
        self.turns.remember()
        before = former_names(material.instructions)
        self.code_changes.before(lambda module: before.get(module, module))
        self._names()
        expect(self.turns.remade())
        live = live_modules(material.packages)
        self._places(live)
        self._functions(live)
        self.turns.take(set(live))
        finish(self.turns)
        self._report()
        process.close()

    def superseded_classes(self) -> list[weakref.ref[type]]:
        """The class objects in whose place others stand, for whoever looks whether they are gone."""
        return [weakref.ref(gone) for gone, _ in self.progress.superseded if isinstance(gone, type)]

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
            functions = living.of(namespace)
            follow_code_places(self.journal, namespace, functions, source.pairs)
            done = distribute(self.journal, functions, source.pairs, source.allowed)
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

    def _report(self) -> None:
        self.report.left = tuple(
            f"{name}:{f.__qualname__}"
            for name, f in self.left
            if f.__code__.co_qualname and not self._given_later(name, f)
        )
        self.report.notes = tuple(self.progress.notes)

    def _given_later(self, name: str, function: FunctionType) -> bool:
        """True when a statement that ran later gave the function its new code after all."""
        return self.material.sources[name].pairs.of(function.__code__) is None
