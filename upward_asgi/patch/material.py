"""What the one step of a patch works with: read, compared and compiled beforehand, off the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..appup.instructions import Instruction
from ..appup.scopes import Scopes
from ..appup.trees import Tree
from .rebuilding import Rebuilding
from .roots import ImportRoot
from .sources import Source

__all__ = ["Material"]


@dataclass(frozen=True, slots=True)
class Material:
    """What the step works with: read, compared and compiled beforehand."""

    instructions: tuple[Instruction, ...]
    old: Tree
    new: Tree
    imports: ImportRoot
    sources: Mapping[str, Source]
    scopes: Scopes
    """The names of the new release."""
    rebuilding: Rebuilding

    @property
    def packages(self) -> frozenset[str]:
        """The top-level names of both releases."""
        return self.old.packages | self.new.packages
