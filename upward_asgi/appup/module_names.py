"""The names that a module binds at its top level, as far as the source shows them."""

from __future__ import annotations

from .names import effects_of
from .trees import Module

__all__ = ["bound_names"]


def bound_names(module: Module) -> frozenset[str]:
    """Every name that a top-level statement binds or imports; `*` where a star import may bind any."""
    names: set[str] = set()
    for node in module.tree.body:
        effects = effects_of(node, package=module.package, future_annotations=True)
        names |= effects.binds | {imported.bound for imported in effects.imports if imported.bound}
    return frozenset(names)
