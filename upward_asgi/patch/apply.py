"""Applying instructions to the live process: prepared off the event loop, applied in one step, undone whole.

Nothing in the step awaits, so no other task sees a mixture; any exception undoes everything.
"""

from __future__ import annotations

import dataclasses
import gc
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

from ..appup.instructions import Instruction
from ..appup.moot import Moot
from ..appup.scopes import Scopes
from ..appup.trees import Tree, read_tree
from ..appup.verdict import Reason
from ..errors import NotHot, PatchFailed
from .changed import ChangedCode
from .heap import Heap, Reach
from .journal import Journal
from .living import LivingFunctions
from .material import Material
from .modules import imported_modules, live_modules
from .rebuilding import Rebuilding
from .refusal import CannotFollow
from .report import PatchReport
from .roots import ImportRoot
from .sources import read_sources, work_out
from .step import Step

__all__ = ["Patch", "Prepared", "prepare"]


class Patch:
    """An applied patch: its report, and the way back."""

    def __init__(
        self, journal: Journal, report: PatchReport, superseded: Sequence[weakref.ref[type]] = ()
    ) -> None:
        self._journal = journal
        self.report = report
        self.superseded = superseded
        """The classes that it made anew, or made for another to take over: nobody should reach them now."""

    def undo(self) -> None:
        """Bring back exactly what was there before the patch. A second call does nothing."""
        self._journal.undo()

    def settle(self) -> None:
        """Others run from here on: what they put into containers that the patch left alone stays."""
        self._journal.settle()

    def forget(self) -> None:
        """Give up the way back, and with it what the patch replaced."""
        self._journal.forget()


class Prepared:
    """A patch that is read, compared and compiled, ready to be applied. Made by `prepare`."""

    def __init__(self, material: Material, changed: ChangedCode, moot: Sequence[Moot] = ()) -> None:
        self._material = material
        self._moot = tuple(moot)
        self._scanned: LivingFunctions | None = None
        self._near: LivingFunctions | None = None
        self.reach = Reach.WHOLE
        """How far `apply` looks for those who hold what the patch replaces."""
        self.changed = changed
        """The old code of what the patch changes."""

    @property
    def old(self) -> Tree:
        """The release that is being left."""
        return self._material.old

    @property
    def new(self) -> Tree:
        """The release that comes."""
        return self._material.new

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """What is done, in order."""
        return self._material.instructions

    @property
    def packages(self) -> frozenset[str]:
        """The top-level names of both releases."""
        return self._material.packages

    def look_near(self) -> None:
        """Look for the living functions near the modules beforehand, in another thread.

        Worth it where the heap is large. What it found is used when a copy of this process has applied the
        patch with `Reach.COMPARED` and missed nothing; until `apply`, only the youngest generation may be
        collected, for `apply` looks there for what was born since.
        """
        self._near = LivingFunctions.near(self._namespaces())

    @property
    def needs_scan(self) -> bool:
        """False when what `look_near` found is enough."""
        return self.reach is not Reach.NEAR or self._near is None

    def scan(self) -> None:
        """Look for the living functions beforehand, in another thread: the costliest part of a patch.

        Worth its while right before `apply`, which then only catches up with what was born in between.
        """
        self._scanned = LivingFunctions.scan(self._namespaces())

    def apply(self) -> Patch:
        """Apply the patch in one step. Raises `NotHot` or `PatchFailed`, with everything undone."""
        _require_moot(self._moot)
        journal, report = Journal(), PatchReport()
        heap = Heap(self.reach, journal.containers, journal.logs)
        started = time.perf_counter()
        try:
            living = self._living(report)
            with heap.looking():  # the step's own lists are new as well
                step = Step(self._material, living, journal, report)
                step.run()
            living.clear()
            _require_moot([one for one in self._moot if one.at_all])
        except CannotFollow as refusal:
            journal.undo()
            raise NotHot([refusal.reason]) from refusal
        except NotHot:
            journal.undo()
            raise
        except BaseException as error:
            journal.undo()
            if isinstance(error, KeyboardInterrupt | GeneratorExit):
                raise
            raise _failed(error) from (error.__cause__ if isinstance(error, PatchFailed) else error)
        finally:
            self._near = self._scanned = None
        report.seconds = time.perf_counter() - started
        report.steps = len(journal)
        report.missed = (*report.missed, *dict.fromkeys(heap.missed))
        report.compared_seconds += heap.seconds
        return Patch(journal, report, step.superseded_classes())

    def _living(self, report: PatchReport) -> LivingFunctions:
        """The living functions, those included that were born since they were looked for."""
        namespaces = self._namespaces()
        if self.reach is Reach.NEAR and self._near is not None:
            return self._near.catch_up(namespaces)
        if self._scanned is not None:
            return self._scanned.catch_up(namespaces)
        began = time.perf_counter()
        found = LivingFunctions.scan(namespaces)
        if self.reach is Reach.COMPARED and self._near is not None:
            if self._near.missing(found):
                found.clear()
                gc.collect()  # what an earlier patch replaced may wait to be collected: nobody runs that
                found = LivingFunctions.scan(namespaces)
            report.missed = tuple(self._near.missing(found))
            report.compared_seconds = time.perf_counter() - began
        return found

    def _namespaces(self) -> list[dict[str, object]]:
        return [module.__dict__ for module in live_modules(self.packages).values()]


def prepare(
    instructions: Sequence[Instruction],
    *,
    old: Path,
    new: Path,
    imports: ImportRoot,
    packages: Sequence[str] | None = None,
    moot: Sequence[Moot] = (),
) -> Prepared:
    """Read and compile what the instructions need; safe off the event loop. Raises `BadSource`.

    `moot` are reasons against it that do not count as long as their modules are not imported.
    """
    old_tree, new_tree = read_tree(old, packages), read_tree(new, packages)
    scopes, ordered = Scopes(new_tree), tuple(instructions)
    sources = read_sources(ordered, old_tree, new_tree)
    work_out(ordered, old_tree, new_tree, scopes)
    pairs = {name: source.pairs.pairs for name, source in sources.items()}
    files = {name: new_tree[name].path.relative_to(new).as_posix() for name in sources}
    material = Material(ordered, old_tree, new_tree, imports, sources, scopes, Rebuilding(ordered, scopes))
    return Prepared(material, ChangedCode.of(pairs, files), moot)


def _require_moot(moot: Sequence[Moot]) -> None:
    """Raises `NotHot` with the reasons whose modules are imported by now: they count after all."""
    imported = imported_modules() if moot else ()
    counting = [one for one in moot if one.module in imported]
    if counting:
        raise NotHot([_late(one) for one in counting])


def _late(one: Moot) -> Reason:
    said = f"{one.reason.message}; {one.module} was not imported when the upgrade was planned, and is now"
    return dataclasses.replace(one.reason, message=said)


def _failed(error: BaseException) -> PatchFailed:
    if isinstance(error, PatchFailed):
        return error
    return PatchFailed(
        expected="every step of the patch to succeed",
        got=f"{type(error).__name__}: {error}",
        do="mend the release and try again; everything was undone",
    )
