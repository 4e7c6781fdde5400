"""Which code a patch changes: how suspended frames of old code are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType

from ..appup.codes import CodePair

__all__ = ["ChangedCode", "FunctionPlace"]


@dataclass(frozen=True, slots=True)
class FunctionPlace:
    """A function of the release being left, and where its definition starts."""

    module: str
    qualname: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.qualname} ({self.file}:{self.line})"


@dataclass(frozen=True, slots=True)
class ChangedCode:
    """The old code of every function that a patch changes or removes."""

    places: Mapping[tuple[str, int], tuple[tuple[CodeType, FunctionPlace], ...]]
    """By qualified name and first line."""

    @classmethod
    def of(cls, pairs: Mapping[str, tuple[CodePair, ...]], files: Mapping[str, str]) -> ChangedCode:
        """The changed ones among the pairs of each module; `files` are paths relative to the release."""
        places: dict[tuple[str, int], tuple[tuple[CodeType, FunctionPlace], ...]] = {}
        for module, paired in pairs.items():
            for pair in paired:
                if pair.changed:
                    old = pair.old
                    place = FunctionPlace(module, old.co_qualname, files[module], old.co_firstlineno)
                    at = (old.co_qualname, old.co_firstlineno)
                    places[at] = (*places.get(at, ()), (old, place))
        return cls(places)

    def find(self, code: CodeType) -> FunctionPlace | None:
        """The changed function that this code object belongs to; None when it is not one."""
        for old, place in self.places.get((code.co_qualname, code.co_firstlineno), ()):
            if old == code:
                return place
        return None

    def __len__(self) -> int:
        return sum(map(len, self.places.values()))
