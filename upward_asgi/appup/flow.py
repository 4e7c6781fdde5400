"""The flow of values at import: which statements of the new tree run again in a live process, and when.

A statement runs when its text changed. It may run when, at import time, it reads a definition that may get a
new object or another plain value ("dirty"); whether it does is known only in the live process, so such a run
names in `when` what it depends on. A function or a class that is patched in place keeps its identity and
makes nobody dirty: `hub = Hub()` stays although `Hub` changed.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .application_changes import ApplicationChanges
from .attributes import gained_attributes
from .codes import CodePairs, compile_module, pair_codes
from .definitions import Statement, assigned_value, made_otherwise
from .diff import Change, Changed, classes_changed, diff_statements
from .flow_reads import Reads, passed_on
from .marked import Marked
from .names import Imported
from .namespaces import bound_names, go_through_others
from .overwriting import changed_docstring_overwritten, overwriting
from .scopes import CLOSURES, MAKING, METADATA, Scopes, are_about_making, key
from .settings import Settings
from .subclass_hooks import hook_changed
from .tables_filled import tables_filled
from .tree_diff import TreeDiff
from .written_on import writers

__all__ = ["Flow", "Run"]


_NAMESPACES = frozenset(("globals", "locals", "vars"))


@dataclass(slots=True)
class Run:
    """A statement to run: always, or when one of the named definitions is dirty."""

    statement: Statement
    change: Change | None
    always: bool
    when: set[str] = field(default_factory=set)


class Flow:
    """What runs again between two trees; `follow` works it out."""

    def __init__(self, diff: TreeDiff, settings: Settings) -> None:
        self.diff = diff
        self.scopes = Scopes(diff.new)
        self.marked = Marked(settings, self.scopes)
        self.old_scopes = Scopes(diff.old)
        self.applications = ApplicationChanges(diff, self.old_scopes, self.scopes, settings)
        self.runs: defaultdict[str, dict[int, Run]] = defaultdict(dict)
        self.deleted: defaultdict[str, list[str]] = defaultdict(list)
        self.dirty: set[str] = {METADATA}
        self._paired: dict[str, CodePairs] = {}
        self.reads = Reads(diff.new, self.scopes)

    def follow(self) -> Flow:
        """Find everything that runs: what changed, and what reads what may be another value then."""
        for module in self.diff.changes:
            self._start(module)
        self._markers()
        for statement in go_through_others(self.diff, self.old_scopes, self.scopes, self.marked):
            self._run(statement, self._change(statement))
        for change in writers(self.diff, self.scopes, self.marked):
            self.marked.whole.add((change.new.module, change.new.index))  # type: ignore[union-attr]
            self._run(change.new, change)
        self._imports_of_other_modules()
        self._places()
        for part in self.applications.parts():
            self._run(part, None)
        self._follow()
        self.applications.settle(self.dirty)
        return self

    # Where dirt comes from

    def _start(self, module: str) -> None:
        for change in self.diff.changes[module]:
            if change.how is Changed.REMOVED:
                self._removed(module, change)
            elif change.how in (Changed.TEXT, Changed.ADDED) or self._misfits(module, change):
                self._run(change.new, change)
            if change.old is not None and change.how in (Changed.TEXT, Changed.REMOVED):
                self._refill(module, change)
        for pair in self.pairs(module).pairs:
            if pair.changed and not pair.fits and "<locals>" in pair.qualname:
                self.dirty.add(f"{key(module, pair.qualname.partition('.<locals>')[0])}.{CLOSURES}")
        self._docstring(module)
        self._delete(module)

    def _docstring(self, module: str) -> None:
        """Told by its place: as a statement, it may be taken for another text of the module."""
        before = self.diff.old[self.diff.moves.renamed.get(module, module)].docstring
        after = self.diff.new[module].docstring
        if before is not None and after is None:
            self.deleted[module].append("__doc__")
        elif before != after:
            self._run(self.scopes.statements(module)[0], None)

    def _delete(self, module: str) -> None:
        for name in sorted(self._gone(module)):
            self.deleted[module].append(name)
            self.dirty.add(key(module, name))
        if self.deleted[module]:
            for statement in self.scopes.statements(module):
                if statement.effects.reads & _NAMESPACES and not statement.is_function:
                    self._run(statement, None)  # it may bind by itself what nothing else binds any more

    def _misfits(self, module: str, change: Change) -> bool:
        """Only bodies differ, but giving out code is not enough: free variables or attributes differ."""
        if change.how is not Changed.BODY or change.new is None:
            return False
        if changed_docstring_overwritten(self._statements(change.new), change):
            return True
        if any(map(_acts_on_others, classes_changed(change))):
            return True
        names = change.new.binds
        changed = (p.qualname for p in self.pairs(module).pairs if p.changed and not p.fits)
        return any("<locals>" not in q and q.partition(".")[0] in names for q in changed)

    def pairs(self, module: str) -> CodePairs:
        """The code of a module in both trees, paired."""
        if module not in self._paired:
            before = self.diff.old[self.diff.moves.renamed.get(module, module)]
            self._paired[module] = pair_codes(compile_module(before), compile_module(self.diff.new[module]))
        return self._paired[module]

    def _removed(self, module: str, change: Change) -> None:
        """`C.attr = …` that is no longer there: the attribute goes."""
        assert change.old is not None
        node = change.old.node
        if isinstance(node, ast.Delete):
            self._restore(module, node)
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                self.deleted[module].append(f"{target.value.id}.{target.attr}")

    def _restore(self, module: str, deletion: ast.Delete) -> None:
        """`del C.attr` that is no longer there: the statement of the class body that binds it runs."""
        for target in ast.walk(deletion):
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                self.marked.restored.add(key(module, f"{target.value.id}.{target.attr}"))
        for statement in self.scopes.statements(module):
            if statement.is_class and self.marked.again_inside(statement):
                self._run(statement, self._change(statement))

    def _refill(self, module: str, change: Change) -> None:
        """What changed in place at import is made anew with everything that fills it, or not at all."""
        assert change.old is not None
        if change.old.is_function or change.old.is_class or change.old.is_import:
            return
        if change.how is Changed.TEXT and _only_stores(change.old) and _only_stores(change.new):
            return  # storing the new value under the same key or attribute is all there is to do
        for name in change.old.effects.mutates:
            for statement in self.scopes.statements(module):
                if name in statement.effects.binds and not statement.effects.imports:
                    self._run(statement, None)
        for table in tables_filled(self.old_scopes, change.old):
            other, _, name = table.partition(":")
            for statement in self.scopes.binding(other, name) if other in self.diff.new else ():
                self._run(statement, None)

    def _gone(self, module: str) -> set[str]:
        before = self.diff.moves.renamed.get(module, module)
        old, new = self.old_scopes.statements(before), self.scopes.statements(module)
        gone = (bound_names(old) | self.old_scopes.brought_by_stars(before)) - bound_names(new)
        return gone - self.scopes.brought_by_stars(module)

    def _markers(self) -> None:
        for left in self.marked.settings.left_over:
            module, _, name = left.partition(":")
            if module in self.diff.new and not self.scopes.binding(module, name):
                self.deleted[module].append(name)
        if not self.marked.settings.rebuild:
            return
        for module in self.diff.new.modules:
            for statement in self.scopes.statements(module):
                inside = self.marked.again_inside(statement)
                if inside:
                    self.dirty.update(key(module, f"{statement.binds[0]}.{name}") for name in inside)
                if statement.is_function and self.marked.rebuilds(statement):
                    self.dirty.update(f"{key(module, name)}.{CLOSURES}" for name in statement.binds)
                if inside or self.marked.rebuilds(statement):
                    self._run(statement, self._change(statement))

    def _change(self, statement: Statement) -> Change | None:
        """What the diff says of a statement that a marker asks for; None when it is the same."""
        changes = self.diff.changes.get(statement.module, ())
        found = next((change for change in changes if change.new == statement), None)
        return None if found is None or found.how is Changed.SAME else found

    def _run(self, statement: Statement | None, change: Change | None) -> None:
        if statement is None or (statement.is_text and statement.index != 0):
            return
        if self.marked.keeps(statement):
            return
        if self.applications.takes(statement):
            return
        runs = self.runs[statement.module]
        if statement.index in runs and runs[statement.index].always:
            return
        runs[statement.index] = Run(statement, change, always=True)
        self.dirty.update(self._makes_dirty(statement, change))
        for other in (*self._with(statement), *overwriting(self._statements(statement), statement, change)):
            self._run(other, None)

    def _statements(self, statement: Statement) -> tuple[Statement, ...]:
        return self.scopes.statements(statement.module)

    def _with(self, statement: Statement) -> Iterator[Statement]:
        """What runs with it: what bound a name that a block may leave as it was, or that is gone by now; and
        what deletes such names again.
        """
        everyone = self._statements(statement)
        later = [other for other in everyone[statement.index + 1 :] if other.effects.deletes]
        gone = {name for other in later for name in other.effects.deletes}
        wanted = {read.partition(".")[0] for read in statement.effects.reads} & gone
        kept = statement.effects.binds if statement.is_block else set()
        for earlier in everyone[: statement.index]:
            plain = not (earlier.is_function or earlier.is_class or earlier.is_import)
            if earlier.effects.binds & wanted or (plain and earlier.effects.binds & kept):
                yield earlier
        bound = wanted | statement.effects.binds
        yield from (other for other in later if other.effects.deletes & bound)

    def _makes_dirty(self, statement: Statement, change: Change | None) -> Iterator[str]:
        """The definitions that may be other objects or values once the statement ran."""
        module = statement.module
        existed = change is None or change.old is not None
        registered = statement.is_function and self.applications.only_registered(statement)
        bare = not statement.decorated and not (change and change.old and change.old.decorated)
        if statement.is_function and existed and (registered or bare):
            return
        if statement.is_class and existed:
            yield from self._class_dirty(statement, change)
            return
        for name in statement.effects.binds | statement.effects.deletes:
            yield key(module, name)
        if change is not None:
            yield from (key(module, name) for name in self.scopes.brought_by(statement))
        for inner in statement.classes:
            yield from self._class_dirty(inner, None)
        for dotted in statement.effects.mutates:
            if "." in dotted:
                yield from self.scopes.resolve(module, dotted) - self.scopes.resolve(
                    module, dotted.partition(".")[0]
                )

    def _class_dirty(self, statement: Statement, change: Change | None) -> Iterator[str]:
        name = statement.binds[0]
        for inner in statement.body:
            if not inner.is_function:
                yield from (key(statement.module, f"{name}.{bound}") for bound in inner.binds)
        if change is None or change.old is None or _may_be_replaced(change.old, statement):
            yield key(statement.module, name)
        yield key(statement.module, f"{name}.{MAKING}")

    def _imports_of_other_modules(self) -> None:
        """Unchanged imports of modules that came or went: `try: import fast` takes the other way now."""
        old, new = self.diff.old, self.diff.new
        turned = (set(old.modules) ^ set(new.modules)) - set(self.diff.moves.renamed)
        words = {name.rpartition(".")[2].encode() for name in turned}
        for module in new.modules.values():
            if module.name not in old or not any(word in module.source for word in words):
                continue
            for statement in self.scopes.statements(module.name):
                if any(turned.intersection(_modules_of(i)) for i in statement.effects.imports):
                    self._run(statement, None)

    def _places(self) -> None:
        """Where modules are found may be another folder; whether it is, is known in the live process."""
        for module in self.diff.new.modules.values():
            found = (name for name in ("__file__", "__path__", "__spec__") if name.encode() in module.source)
            self.dirty.update(key(module.name, name) for name in found)

    # Where it goes

    def _follow(self) -> None:
        """Find every statement that reads what may be dirty, until nothing more is found."""
        settled: set[str] = set()
        while fresh := self.dirty - settled:
            settled |= fresh
            for module in self.reads.modules(fresh):
                for statement in self.scopes.statements(module):
                    self._follow_into(statement, fresh)

    def _follow_into(self, statement: Statement, dirty: set[str]) -> None:
        run = self.runs[statement.module].get(statement.index)
        if run is not None and run.always:
            return
        hits = self.reads.hits(statement, dirty)
        if not hits or self.marked.keeps(statement):
            return
        if self.applications.follows(statement, hits):
            return
        if run is None:
            run = self.runs[statement.module][statement.index] = Run(statement, None, always=False)
            self.dirty.update(self._makes_dirty(statement, None))
        run.when |= hits
        self.dirty.update(passed_on(statement, hits))
        if not (statement.is_block and are_about_making(hits)):
            for other in (*self._with(statement), *overwriting(self._statements(statement), statement, None)):
                self._run_when(other, hits)
        if isinstance(statement.node, ast.Expr | ast.AugAssign):
            self._refill_when(statement, hits)

    def _run_when(self, statement: Statement, hits: set[str]) -> None:
        run = self.runs[statement.module].setdefault(statement.index, Run(statement, None, always=False))
        run.when |= hits
        self.dirty.update(self._makes_dirty(statement, None))

    def _refill_when(self, statement: Statement, hits: set[str]) -> None:
        """A call that fills something runs again only with what it fills made anew, and all that fills it."""
        for name in statement.effects.mutates:
            for base in self.scopes.statements(statement.module)[: statement.index]:
                if name in base.effects.binds and not (base.is_import or base.is_class or base.is_function):
                    self._run_when(base, hits)
            if isinstance(statement.node, ast.AugAssign):
                for base in self._made_elsewhere(statement.module, name):
                    self._run_when(base, hits)

    def _made_elsewhere(self, module: str, name: str) -> Iterator[Statement]:
        """The assignments in other modules that make what an imported name stands for."""
        for definition in self.scopes.resolve(module, name):
            other, _, original = definition.partition(":")
            if other != module and other in self.diff.new:
                for statement in self.scopes.statements(other):
                    if original in statement.effects.binds and assigned_value(statement.node) is not None:
                        yield statement


def _may_be_replaced(old: Statement, new: Statement) -> bool:
    """True when the layout may change, so that the live class might not be able to become the new one."""
    if made_otherwise(old, new):
        return True
    changed = {n for c in diff_statements(old.body, new.body) for n in _touched(c)}
    return "__slots__" in changed or (new.decorated and bool(changed))


def _acts_on_others(change: Change) -> bool:
    """True when live instances are to get attributes, or a hook acts on the classes below."""
    if change.new is None:
        return False
    return bool(gained_attributes(change.old, change.new)) or hook_changed(change.old, change.new)


def _modules_of(imported: Imported) -> tuple[str, ...]:
    return (imported.module, f"{imported.module}.{imported.name}")


def _touched(change: Change) -> tuple[str, ...]:
    statement = change.new or change.old
    if change.how in (Changed.SAME, Changed.BODY) or statement is None or statement.is_function:
        return ()
    return statement.binds or ("annotation",)


def _only_stores(statement: Statement | None) -> bool:
    return statement is not None and isinstance(statement.node, ast.Assign | ast.AnnAssign)
