"""What is particular to each kind of class: one file a kind.

A kind says which statements of a class body shape the class (so that its making must run again), which
attributes its making generates, and what else must happen when a live class becomes a new one.
"""

from __future__ import annotations

from . import (
    attr_classes,
    data_classes,
    enums,
    named_tuples,
    plain,
    pydantic_models,
    pydantic_v1_models,
    typed_dicts,
)
from .kind import Kind

__all__ = ["Kind", "kind_of"]

_KINDS: tuple[Kind, ...] = (
    enums.KIND,
    pydantic_models.KIND,
    pydantic_v1_models.KIND,
    attr_classes.KIND,
    data_classes.KIND,
    named_tuples.KIND,
    typed_dicts.KIND,
)


def kind_of(cls: type) -> Kind:
    """The first kind that the class is of; a plain class if none."""
    return next((kind for kind in _KINDS if kind.applies(cls)), plain.KIND)
