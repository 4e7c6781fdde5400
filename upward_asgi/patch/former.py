"""What the statements of a module bound in the release that is left."""

from __future__ import annotations

from dataclasses import dataclass

from ..appup.definitions import Statement
from ..appup.scopes import Scopes

__all__ = ["Former", "former", "likeness"]


@dataclass(frozen=True, slots=True)
class Former:
    """Of one module."""

    named: frozenset[str]
    """The names that its statements bound by name."""
    starred: frozenset[str]
    """Those that its star imports brought."""
    classes: tuple[Statement, ...]
    """Its class statements, also those in blocks."""

    @property
    def bound(self) -> frozenset[str]:
        """Either."""
        return self.named | self.starred

    def made(self, cls: type) -> Statement | None:
        """The class statement that made a living class, the likeliest of its name; None: there was none."""
        found = [statement for statement in self.classes if statement.binds == (cls.__name__,)]
        return max(found, key=lambda statement: likeness(cls, statement), default=None)


def former(scopes: Scopes, module: str) -> Former:
    """Read from the older tree's names."""
    statements = scopes.statements(module)
    named = frozenset(name for statement in statements for name in statement.effects.binds)
    own = tuple(s for statement in statements for s in (statement, *statement.classes) if s.is_class)
    return Former(named, frozenset(scopes.brought_by_stars(module)), own)


def likeness(cls: type, statement: Statement) -> int:
    """How many of the names that a class body binds the class has, less those that it has not."""
    bound = {name for inner in statement.body for name in inner.binds}
    return sum(1 if name in cls.__dict__ else -1 for name in bound)
