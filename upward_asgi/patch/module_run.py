"""One module of the live process while it is patched: where its statements run, and what came of it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ..appup.codes import CodePairs
from ..appup.definitions import Statement
from ..appup.diff import Change
from ..appup.names import dotted_names
from ..appup.scopes import CLOSURES, Scopes, key
from ..appup.trees import Module
from .codes import doc_of, has_own_doc, texts_of
from .derived import NewAttributes
from .former import Former
from .functions import redefine
from .in_use import Gone
from .journal import Journal
from .living import LivingFunctions
from .registrations import Registrations

__all__ = ["ModuleRun", "Progress", "future_flags"]


@dataclass(slots=True)
class Progress:
    """What the whole patch has done so far, across modules."""

    journal: Journal
    scopes: Scopes
    dirty: set[str]
    """Definitions that have another object or another plain value than before."""
    superseded: list[tuple[object, object]] = field(default_factory=list)
    """Objects made while running, each with the live one that stands for it."""
    taken_over: list[type] = field(default_factory=list)
    """Classes made while running that the living ones took over: nobody needs them any more."""
    changed_functions: set[int] = field(default_factory=set)
    """Ids of living functions whose code changed."""
    exported: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    """What each star import, by module and statement, had brought before the patch."""
    taken: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    """What of that the importing module had from somewhere else all the same."""
    left_behind: list[tuple[type, str]] = field(default_factory=list)
    """Subclasses that could not take a replaced base, and why."""
    gained: list[NewAttributes] = field(default_factory=list)
    """Classes whose `__init__` sets more attributes than before."""
    unset: set[str] = field(default_factory=set)
    """Attributes that hooks of base classes set on the classes below in the old release only."""
    gone: list[Gone] = field(default_factory=list)
    """What the new release does not have, and nobody may have afterwards."""
    docs: list[tuple[str, str | None]] = field(default_factory=list)
    """Docstrings that changed, old and new."""
    registrations: Registrations | None = None
    """What definitions have entered in tables of the release."""
    living: LivingFunctions | None = None
    """The living functions of the changed modules."""
    notes: list[str] = field(default_factory=list)

    def taken_out(self, definition: object, qualname: str) -> AbstractContextManager[None]:
        """While its statement runs again, the definition is in no table of the release."""
        if self.registrations is None:
            return nullcontext()
        return self.registrations.taken_out(definition, qualname)


@dataclass(slots=True)
class ModuleRun:
    """Everything that running the statements of one module needs."""

    progress: Progress
    live: ModuleType
    new: Module
    changes: dict[int, Change]
    """The changes of the module by the index of the new statement."""
    pairs: CodePairs | None
    flags: int
    kept: frozenset[str] = frozenset()
    """Attributes of the class at hand that keep their object: a marker says so."""
    again: frozenset[str] = frozenset()
    """Attributes of the class at hand that are made anew: their text changed, or a marker wants them."""
    former: Former | None = None
    """What the statements of the old module bound; None when the module is the same."""

    @property
    def journal(self) -> Journal:
        return self.progress.journal

    @property
    def name(self) -> str:
        return self.new.name

    @property
    def namespace(self) -> dict[str, Any]:
        return self.live.__dict__

    def compile(self, node: ast.stmt) -> Any:
        """One statement as code, with the module's own file, lines and `__future__` flags.

        The compiler calls methods of imported names otherwise than of other names. So that a function has the
        code that it would have in the whole module, the imports stand before the statement, where they
        never run and leave no code.
        """
        is_import = isinstance(node, ast.Import | ast.ImportFrom)  # those of `__future__` must come first
        imports = [] if is_import else self.progress.scopes.import_nodes(self.name)
        never = [ast.copy_location(ast.If(ast.Constant(False), imports, []), node)] if imports else []
        tree = ast.fix_missing_locations(ast.Module([*never, node], type_ignores=[]))
        return compile(tree, str(self.new.path), "exec", self.flags, dont_inherit=True)

    def must_decorate(self, decorators: list[ast.expr], hidden: frozenset[str] = frozenset()) -> bool:
        """True when what the decorators read is another one, or what they made cannot take its new code."""
        if self.reads_dirty(*decorators, hidden=hidden):
            return True
        scopes, dirty = self.progress.scopes, self.progress.dirty
        names = (name for node in decorators for name in dotted_names(node))
        for definition in {found for name in names for found in scopes.resolve(self.name, name)}:
            if f"{definition}.{CLOSURES}" in dirty or not dirty.isdisjoint(scopes.filled_by(definition)):
                return True
        return False

    def redefine(self, old: FunctionType, new: FunctionType, code: CodeType) -> None:
        """Let a living function become `new` with `code`, and remember what that changes for others."""
        if old.__code__ != code or _values(old) != _values(new):
            self.progress.changed_functions.add(id(old))
        self.progress.docs += [(text, told) for text, told in _texts(old, new) if text != told]
        redefine(self.journal, old, new, code)

    def older(self, statement: Statement) -> Statement | None:
        """The statement's older self, when the module changed and it has one."""
        change = self.changes.get(statement.index)
        return None if change is None else change.old

    def reads_dirty(self, *nodes: ast.AST, hidden: frozenset[str] = frozenset()) -> bool:
        """True when one of the expressions reads a definition that is another one now."""
        reads = (name for node in nodes for name in dotted_names(node))
        return any(name.partition(".")[0] not in hidden and self.is_dirty(name) for name in reads)

    def living(self) -> list[FunctionType]:
        """The living functions of this module, as they were found before the patch."""
        return self.progress.living.of(self.namespace) if self.progress.living else []

    def binds_last(self, statement: Statement, name: str) -> bool:
        """True when no later statement of the module binds the name."""
        later = self.progress.scopes.statements(self.name)[statement.index + 1 :]
        return not any(name in other.effects.binds for other in later)

    def deleted(self) -> frozenset[str]:
        """The names that statements of the module delete again."""
        everyone = self.progress.scopes.statements(self.name)
        return frozenset(name for statement in everyone for name in statement.effects.deletes)

    def binders(self, name: str) -> int:
        """How many statements of the module define a function or class of that name."""
        statements = self.progress.scopes.statements(self.name)
        return sum(s.binds == (name,) for s in statements if s.is_function or s.is_class)

    def is_dirty(self, dotted: str) -> bool:
        """True when what `dotted` stands for in this module is another object or value now."""
        return not self.progress.dirty.isdisjoint(self.progress.scopes.meanings(self.name, dotted))

    def mark_dirty(self, *names: str) -> None:
        """Say that these names of the module stand for other objects or values now."""
        self.progress.dirty.update(key(self.name, name) for name in names)


def _texts(old: FunctionType, new: FunctionType) -> Iterator[tuple[str, str | None]]:
    """What copies of the old function's docstring are to say; also of one that was written over it."""
    own = has_own_doc(old)
    yield from ((text, new.__doc__ if own else doc_of(new.__code__)) for text in texts_of(old))
    if not own and old.__doc__ is not None and not has_own_doc(new):
        yield old.__doc__, new.__doc__


def _values(function: FunctionType) -> tuple[int, ...]:
    """The identities of the defaults: another one may make another result."""
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return tuple(map(id, defaults))


def future_flags(module: Module) -> int:
    """The compiler flags of the module's `from __future__` imports; what is no future any more has none."""
    import __future__

    flags = 0
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for feature in (getattr(__future__, alias.name) for alias in node.names):
                mandatory = feature.getMandatoryRelease()
                if mandatory is None or mandatory > sys.version_info:
                    flags |= feature.compiler_flag
    return flags
