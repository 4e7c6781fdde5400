"""Letting a living class become its new self, so that every instance anywhere runs the new code.

Two ways. `patch_class` runs only the statements of the class body that changed (`class_changes`), in a
synthetic class body (`class_bodies`), and sets what they bind: neither metaclass nor decorators run.
`become_class` (`class_making`) takes over what running the whole class statement made.
"""

from __future__ import annotations

import ast

from ..appup.definitions import Statement, made_otherwise
from ..appup.diff import Change, Changed
from ..appup.scopes import MAKING
from ..appup.subclass_hooks import hook_changed, set_by_hook
from .abstract import refresh_abstract
from .annotations import tidy_annotations
from .class_bodies import ClassBody
from .class_changes import (
    annotated_in,
    body_changes,
    bound_in,
    bound_in_order,
    has_annotations,
    is_docstring,
    mangled,
    removed_names,
    to_run,
)
from .class_making import note_attributes
from .journal import MISSING
from .kinds import kind_of
from .module_run import ModuleRun

__all__ = ["patch_class"]


_FIRST = ("__module__", "__firstlineno__", "__annotations__")
"""What a class body binds before its first statement."""


def patch_class(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> bool:
    """Patch a live class in place from its class statement; False when its making must run again.

    It must when an attribute is to be made anew that no statement of the body binds, or when one needs what
    the body deletes at its end.
    """
    assert isinstance(newer.node, ast.ClassDef)
    kind = kind_of(cls)
    if getattr(newer.node, "type_params", None) or _making_changed(run, older, newer):
        return False
    changes = body_changes(older, newer)
    dirty = to_run(run, cls, changes)
    added = (run.again & cls.__dict__.keys()) - set(bound_in(newer))
    if added or _needs_deleted(newer, dirty):
        return False
    if any(kind.shapes(change) for change in dirty if not _only_restores_slots(change)):
        return False
    ClassBody(run, cls, newer).run(dirty)
    for name in removed_names(changes):
        run.journal.delete_class(cls, mangled(cls, name))
        run.mark_dirty(f"{newer.binds[0]}.{name}")
    _tidy(run, cls, older, newer)
    if dirty:
        refresh_abstract(run.journal, cls)
    note_attributes(run, cls, older, newer)
    if hook_changed(older, newer):
        run.mark_dirty(f"{newer.binds[0]}.{MAKING}")
        run.progress.unset |= set_by_hook(older) - set_by_hook(newer)
    return True


def _needs_deleted(newer: Statement, dirty: list[Change]) -> bool:
    """True when a statement that is to run needs a name that the class body deletes at its end."""
    deleted = {name for inner in newer.body for name in inner.effects.deletes}
    running = (change.new for change in dirty if change.new is not None)
    return any(not deleted.isdisjoint(_heads(statement)) for statement in running)


def _heads(statement: Statement) -> set[str]:
    return {name.partition(".")[0] for name in statement.effects.reads}


def _making_changed(run: ModuleRun, older: Statement | None, newer: Statement) -> bool:
    node = newer.node
    assert isinstance(node, ast.ClassDef)
    if older is not None and made_otherwise(older, newer):
        return True
    if run.reads_dirty(*node.bases, *(k.value for k in node.keywords)) or run.must_decorate(
        node.decorator_list
    ):
        return True
    return any(
        run.is_dirty(f"{ast.unparse(base)}.{MAKING}")
        for base in node.bases
        if not isinstance(base, ast.Subscript)
    )


def _tidy(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> None:
    """What making a class adds by itself: annotations and attributes in order, `__hash__` by `__eq__`."""
    _tidy_annotations(run, cls, older, newer)
    _tidy_hash(run, cls, older, newer)
    if _doc_first(older) and not _doc_first(newer) and "__doc__" not in bound_in(newer):
        run.journal.set_class(cls, "__doc__", None)
    if older is not None:
        bound = [mangled(cls, name) for name in bound_in_order(newer)]
        run.journal.class_order(cls, [*_FIRST, *_doc_first(newer), *bound])


def _doc_first(statement: Statement | None) -> list[str]:
    if statement is None or not statement.is_class:
        return []
    return ["__doc__"] if any(map(is_docstring, statement.body)) else []


def _tidy_annotations(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> None:
    if older is None:
        return
    had, has = has_annotations(older), has_annotations(newer)
    if has and not had and "__annotations__" not in cls.__dict__:
        run.journal.set_class(cls, "__annotations__", {})
    annotations = cls.__dict__.get("__annotations__")
    if type(annotations) is not dict:
        return
    old, new = ([mangled(cls, name) for name in annotated_in(one)] for one in (older, newer))
    tidy_annotations(run.journal, annotations, old, new)
    if had and not has and not annotations:
        run.journal.delete_class(cls, "__annotations__")


def _tidy_hash(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> None:
    bound = bound_in(newer)
    if "__hash__" in bound:
        return
    if "__eq__" in bound and "__hash__" not in cls.__dict__:
        run.journal.set_class(cls, "__hash__", None)
    elif "__eq__" not in bound and cls.__dict__.get("__hash__", MISSING) is None and _defines_eq(older):
        run.journal.delete_class(cls, "__hash__")


def _only_restores_slots(change: Change) -> bool:
    """`__slots__` that somebody deleted from the class: its layout is the one that they made."""
    statement = change.new
    return change.how is Changed.SAME and statement is not None and statement.binds == ("__slots__",)


def _defines_eq(statement: Statement | None) -> bool:
    return "__eq__" in bound_in(statement)
