"""What star imports bring, and what they bring no more."""

from __future__ import annotations

import sys

from ..appup.definitions import Statement
from .module_run import ModuleRun

__all__ = ["drop_unexported", "exported", "has_star", "taken_by_others", "taken_later"]


def exported(module: str) -> frozenset[str]:
    """The names that a star import of the live module brings now; none when it is not imported."""
    namespace = getattr(sys.modules.get(module), "__dict__", {})
    public = [name for name in namespace if not name.startswith("_")]
    return frozenset(namespace.get("__all__", public))


def has_star(statement: Statement) -> bool:
    """True for a star import, and for a block that may come to one."""
    return any(imported.bound == "*" for imported in statement.effects.imports)


def drop_unexported(run: ModuleRun, statement: Statement) -> None:
    """Delete the names that the statement's star imports brought before and bring no more."""
    had = run.progress.exported.get((run.name, statement.index), frozenset())
    stars = (imported for imported in statement.effects.imports if imported.bound == "*")
    now = {name for star in stars for name in exported(star.module)}
    others = run.progress.scopes.statements(run.name)
    bound = {name for other in others if other is not statement for name in other.effects.binds}
    for name in had - now - bound:
        run.journal.delete_item(run.namespace, name)
        run.mark_dirty(name)


def taken_by_others(importer: str, module: str) -> frozenset[str]:
    """What a star import of `module` brings and `importer` has from somewhere else: a later statement."""
    here = getattr(sys.modules.get(importer), "__dict__", {})
    there = getattr(sys.modules.get(module), "__dict__", {})
    return frozenset(n for n in exported(module) if n in here and n in there and here[n] is not there[n])


def taken_later(run: ModuleRun, statement: Statement) -> frozenset[str]:
    """The names that a star import leaves to whoever binds them after it in the module."""
    later = run.progress.scopes.statements(run.name)[statement.index + 1 :]
    stars = (imported for other in later for imported in other.effects.imports if imported.bound == "*")
    bound = {name for other in later for name in other.effects.binds}
    bound.update(*(exported(star.module) for star in stars))
    at, had = (run.name, statement.index), run.former.named if run.former else frozenset()
    taken = run.progress.taken.get(at, frozenset())
    fresh = frozenset(bound) - run.progress.exported.get(at, frozenset())
    return fresh | {name for name in taken if name in bound or name not in had}
