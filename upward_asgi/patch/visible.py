"""What a module has when a fresh start comes to one of its statements.

`vars()`, `locals()`, `globals()` and `dir()` at module level tell the names that are bound so far, in the
order in which they were bound; a live module has those of later statements as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

from ..appup.definitions import Statement, assigned_value
from ..appup.namespaces import goes_through_names
from .journal import MISSING, Journal

__all__ = ["asks_what_is_there", "run_as_if_first"]

_ASKING = frozenset(("vars", "locals", "dir"))


class _Visible(dict[str, Any]):
    """The names that a statement sees, also when it asks for `globals()`."""

    def __missing__(self, name: str) -> Any:
        if name == "globals":
            return lambda: self
        raise KeyError(name)


def asks_what_is_there(statement: Statement) -> bool:
    """True when the statement may look at all names that the module has so far."""
    definition = statement.is_function or statement.is_class
    if goes_through_names(statement):
        return True
    if definition or _ASKING.isdisjoint(statement.effects.reads):
        return False
    value = assigned_value(statement.node)  # `here = locals()` is the module's own namespace, and stays it
    return not (isinstance(value, ast.Call) and ast.unparse(value) in ("vars()", "locals()"))


def run_as_if_first(
    journal: Journal, code: CodeType, namespace: dict[str, Any], earlier: Iterable[Statement]
) -> None:
    """Run a statement of a live module that sees no more names than it did when the module was imported."""
    names = dict.fromkeys(["__name__", "__doc__", "__file__", "__annotations__", *_bound(earlier)])
    visible = _Visible({name: namespace[name] for name in names if name in namespace})
    before = dict(visible)
    exec(code, namespace, visible)
    for name in [name for name in before if name not in visible]:
        journal.delete_item(namespace, name)
    namespace.update({n: value for n, value in visible.items() if before.get(n, MISSING) is not value})


def _bound(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        for imported in statement.effects.imports:
            if imported.bound == "*":
                yield from vars(sys.modules[imported.module]) if imported.module in sys.modules else ()
        stored = (node for node in ast.walk(statement.node) if isinstance(node, ast.Name))
        own = [*(i.bound for i in statement.effects.imports), *(node.id for node in stored), *statement.binds]
        yield from (name for name in own if name in statement.effects.binds)
