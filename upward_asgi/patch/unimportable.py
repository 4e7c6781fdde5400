"""Modules that a fresh start of the new release could not import, for want of a package that is not there.

Nobody can need such a module: it is optional, imported where the package is there. The living one goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..appup.definitions import Statement
from ..appup.scopes import Scopes

__all__ = ["importers_of", "wants_what_is_not_there"]


def wants_what_is_not_there(error: ImportError, scopes: Scopes) -> bool:
    """True when another package is missing: a module of the release's own would be a mistake of the patch."""
    if not isinstance(error, ModuleNotFoundError) or error.name is None:
        return False
    return error.name.partition(".")[0] not in scopes.tree.packages


def importers_of(module: str, scopes: Scopes, living: Iterable[str]) -> Iterator[Statement]:
    """The statements of the living modules that import `module` at import time, or something from it."""
    for name in living:
        if name == module or name not in scopes.tree:
            continue
        for statement in scopes.statements(name):
            imports = statement.effects.imports
            if any(module in (i.module, f"{i.module}.{i.name}") for i in imports):
                yield statement
