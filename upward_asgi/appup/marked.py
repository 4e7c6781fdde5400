"""What the markers of `[tool.upward]`, keep and rebuild, say of statements and of what class bodies bind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .definitions import Statement
from .scopes import Scopes, key
from .settings import Marker, Settings

__all__ = ["Marked"]


class Marked:
    """The markers of one release; an attribute whose deletion is gone counts as marked to rebuild."""

    def __init__(self, settings: Settings, scopes: Scopes) -> None:
        self.settings = replace(settings, rebuild=(*settings.rebuild, *_defined_as(settings, scopes)))
        """With what a marker names through an import marked where it is defined."""
        self._scopes = scopes
        self.restored: set[str] = set()
        """Attributes of classes (`pkg.mod:C.attr`) that only the old release deleted again."""
        self.whole: set[tuple[str, int]] = set()
        """Statements, by module and index, that a marker asks for without naming what they bind."""

    def keeps(self, statement: Statement) -> bool:
        """True when a marker says to keep what the statement binds."""
        marker = self.settings.marker
        return any(marker(statement.module, name) is Marker.KEEP for name in statement.binds)

    def rebuilds(self, statement: Statement) -> bool:
        """True when a marker asks for the statement as a whole: for what it binds, or sets on a class."""
        if (statement.module, statement.index) in self.whole:
            return True
        names = {*statement.binds, *(name for name in statement.effects.mutates if "." in name)}
        return any(self.settings.marker(statement.module, name) is Marker.REBUILD for name in names)

    def again_inside(self, statement: Statement) -> tuple[str, ...]:
        """The attributes of a class that a marker, or a deletion that is gone, wants anew.

        Those that its body binds, and those that making it has added; not those that another statement of the
        module sets on it, which is made to run instead.
        """
        if not statement.is_class or not (self.settings.rebuild or self.restored):
            return ()
        owner, module = statement.binds[0], statement.module
        names = dict.fromkeys(name for inner in statement.body for name in inner.binds)
        wanted = [n for n in names if self.wants_again(module, f"{owner}.{n}")]
        before = f"{module}:{owner}."
        marked = (name.removeprefix(before) for name in self.settings.rebuild if name.startswith(before))
        added = (n for n in marked if "." not in n and not self._is_set_on(module, f"{owner}.{n}"))
        return tuple(dict.fromkeys((*wanted, *added)))

    def _is_set_on(self, module: str, dotted: str) -> bool:
        return any(dotted in statement.effects.mutates for statement in self._scopes.statements(module))

    def kept_inside(self, statement: Statement) -> tuple[str, ...]:
        """The attributes that a class body binds and whose objects a marker says to keep."""
        if not statement.is_class or not self.settings.keep:
            return ()
        names = dict.fromkeys(name for inner in statement.body for name in inner.binds)
        marker, owner = self.settings.marker, statement.binds[0]
        return tuple(n for n in names if marker(statement.module, f"{owner}.{n}") is Marker.KEEP)

    def wants_again(self, module: str, dotted: str) -> bool:
        """True when a marker, or a deletion that is gone, wants what the name stands for made anew."""
        if key(module, dotted) in self.restored:
            return True
        return self.settings.marker(module, dotted) is Marker.REBUILD


def _defined_as(settings: Settings, scopes: Scopes) -> Iterator[str]:
    """The definitions of what the release is to make anew and the named module only imports."""
    for name in settings.rebuild:
        module, _, dotted = name.partition(":")
        binders = scopes.binding(module, dotted.partition(".")[0]) if module in scopes.tree else ()
        if all(statement.is_import for statement in binders):
            yield from (d for d in sorted(scopes.resolve(module, dotted)) if _is_bound(scopes, d))


def _is_bound(scopes: Scopes, definition: str) -> bool:
    """True when a statement that is no import binds what the definition begins with."""
    module, _, dotted = definition.partition(":")
    binders = scopes.binding(module, dotted.partition(".")[0]) if module in scopes.tree else ()
    return any(not statement.is_import for statement in binders)
