"""What a patch did, in numbers and names."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PatchReport"]


@dataclass(slots=True)
class PatchReport:
    """What a patch did, in numbers and names."""

    functions: int = 0
    """Living functions that were given new code, moved ones included."""
    statements: int = 0
    """Statements that ran."""
    steps: int = 0
    """Journal entries."""
    seconds: float = 0.0
    """How long the event loop was held."""
    left: tuple[str, ...] = ()
    """Living functions that still run old code, as `module:qualname`: they could not follow."""
    notes: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    """What a look near the modules alone would have missed, if the patch compared that."""
    compared_seconds: float = 0.0
    """How long that comparing took."""

    def to_json(self) -> dict[str, object]:
        return {
            "functions": self.functions,
            "statements": self.statements,
            "steps": self.steps,
            "seconds": self.seconds,
            "left": list(self.left),
            "notes": list(self.notes),
        }
