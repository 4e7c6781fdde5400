"""What is put right when every statement has run: whoever still has to do with what was replaced."""

from __future__ import annotations

import sys
from functools import partial
from types import FunctionType, ModuleType

from ..appup.scopes import key
from .annotations import tidy_annotations
from .class_places import refresh_places
from .deletions import drop_superseded, forget_removed
from .derived import derive_attributes
from .docs import refresh_docs
from .hierarchy import detach
from .in_use import require_not_in_use
from .inner_annotations import refresh_annotations
from .journal import Journal
from .kinds import kind_of
from .layout import require_no_left_behind
from .living import LivingFunctions, clear_caches
from .material import Material
from .module_run import Progress
from .modules import live_modules
from .references import replace_references
from .sources import Source
from .turns import Turns

__all__ = ["finish"]


def finish(turns: Turns) -> None:
    """Hand what was replaced over to what stands for it; raises `CannotFollow` for who cannot take it."""
    material, progress = turns.material, turns.progress
    require_no_left_behind(progress)
    _hand_over(turns)
    turns.code_changes.instances()
    derive_attributes(progress.journal, progress.gained)
    changed = {name: source for name, source in material.sources.items() if name in sys.modules}
    for name, source in changed.items():
        _tidy(progress.journal, sys.modules[name], source)
        refresh_places(progress.journal, sys.modules[name], source.places)
    if progress.living is not None:
        _refresh_functions(material, progress, progress.living, changed)
    # No variable here may hold what went: references are counted, and those of a running frame are hidden.
    require_not_in_use(progress.journal, progress.gone)


def _hand_over(turns: Turns) -> None:
    progress = turns.progress
    journal, superseded, made_again = progress.journal, progress.superseded, progress.taken_over
    for _, stands in superseded:
        if isinstance(stands, type):
            kind_of(stands).settle(journal, stands)
    live = live_modules(turns.material.packages)
    forget_removed(journal, live, turns.removed)
    drop_superseded(journal, live, superseded)
    replace_references(journal, superseded, skip=(superseded, *superseded, made_again))
    for made in made_again:
        detach(made)


def _refresh_functions(
    material: Material, progress: Progress, living: LivingFunctions, changed: dict[str, Source]
) -> None:
    """Annotations of inner functions, caches of what changed, and docstrings that were passed on."""
    journal = progress.journal
    for name, source in changed.items():
        refresh_annotations(journal, living.of(sys.modules[name].__dict__), source.inner)
    clear_caches(living, progress.changed_functions, partial(_reads_changed, material, progress))
    modules = live_modules(material.packages).values()
    refresh_docs(journal, progress.docs, (*living.all(), *living.wrappers), modules)


def _reads_changed(material: Material, progress: Progress, function: FunctionType) -> bool:
    """True when the function's body reads a name that has another object or value now."""
    module = function.__globals__.get("__name__")
    if not isinstance(module, str) or module not in material.new:
        return False
    return any(key(module, name) in progress.dirty for name in function.__code__.co_names)


def _tidy(journal: Journal, live: ModuleType, source: Source) -> None:
    annotations = live.__dict__.get("__annotations__")
    if type(annotations) is dict and source.annotated != source.annotates:
        tidy_annotations(journal, annotations, source.annotated, source.annotates)
