"""Columns of SQLAlchemy's declarative models: a patch cannot change the tables of a database.

A method of a model may change; what its class maps to the database may not. The mapper was configured from
the old columns, and rows that the running service reads have them
(https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from .definitions import Statement, definitions_of, text_of
from .diff import Change, Changed
from .names import dotted_names
from .tree_diff import TreeDiff
from .trees import Module
from .verdict import Reason, Verdict

__all__ = ["tables_verdict"]

_MAPPING = frozenset(
    {
        "Mapped",
        "DynamicMapped",
        "WriteOnlyMapped",
        "Column",
        "mapped_column",
        "relationship",
        "column_property",
    }
)
_TABLE = frozenset({"__tablename__", "__table__", "__table_args__", "__mapper_args__"})


def tables_verdict(diff: TreeDiff) -> Verdict:
    """Cold for every model that both releases have and that maps something else now."""
    reasons: list[Reason] = []
    for name, changes in diff.changes.items():
        classes = [(change.old, change.new) for change in changes if _is_changed_class(change)]
        if classes:
            old, new = diff.old[diff.moves.renamed.get(name, name)], diff.new[name]
            file = new.path.relative_to(diff.new.root).as_posix()
            for older, newer in classes:
                reasons.extend(_reasons(_mapped(older, old), _mapped(newer, new), newer, file))
    return Verdict(tuple(reasons))


def _is_changed_class(change: Change) -> bool:
    sides = (change.old, change.new)
    return change.how is Changed.TEXT and all(side is not None and side.is_class for side in sides)


def _reasons(
    old: Mapping[str, Statement], new: Mapping[str, Statement], model: Statement | None, file: str
) -> Iterator[Reason]:
    assert model is not None and isinstance(model.node, ast.ClassDef)
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is not None and after is not None and text_of(before.node) == text_of(after.node):
            continue
        what = "is new" if before is None else "is gone" if after is None else "changed"
        yield Reason(
            "column",
            f"{model.node.name}.{name} maps to a table of the database and {what}",
            file,
            (after or model).line,
            "release a minor version, with the migration that the table needs",
        )


def _mapped(model: Statement | None, module: Module) -> dict[str, Statement]:
    """What the class maps, by attribute."""
    assert model is not None
    mappers = frozenset(_mappers(definitions_of(module)))
    found = [one for one in model.body if mappers and _maps(one, mappers)]
    return {_attribute(one.node): one for one in found}


def _attribute(node: ast.stmt) -> str:
    """The attribute's name; a bare annotation binds nothing, and declares a column all the same."""
    target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [node])[0]
    return ast.unparse(target)


def _mappers(statements: Iterable[Statement]) -> Iterator[str]:
    """The names by which a module calls what maps a column: `Mapped`, `orm.mapped_column`, `db.Column`."""
    for statement in statements:
        for imported in statement.effects.imports:
            if imported.module.partition(".")[0] not in ("sqlalchemy", "sqlmodel", "flask_sqlalchemy"):
                continue
            if imported.name in _MAPPING:
                yield imported.bound
            else:
                yield from (f"{imported.bound}.{name}" for name in _MAPPING)


def _maps(statement: Statement, mappers: frozenset[str]) -> bool:
    if not _TABLE.isdisjoint(statement.binds):
        return True
    return any(name in mappers for part in _parts(statement.node) for name in dotted_names(part))


def _parts(node: ast.stmt) -> Iterator[ast.expr]:
    """What a class body's assignment says of an attribute: its annotation and its value."""
    if isinstance(node, ast.AnnAssign):
        yield node.annotation
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        yield node.value
