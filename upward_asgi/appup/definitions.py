"""A module as definitions: its top-level statements, and the statements of its class bodies.

Two fingerprints say whether a statement changed: `text` is the whole statement without positions, comments
and formatting; `shell` is the same without the bodies of its functions, so that two statements with equal
shells differ in nothing but code.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .names import Effects, effects_of
from .private_names import with_private_names
from .trees import Module

__all__ = [
    "Statement",
    "assigned_value",
    "definitions_of",
    "made_otherwise",
    "shell_of",
    "text_of",
]

_KEPT = "_definitions"
"""Where a module keeps its statements, as a cached property would."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Statement:
    """One statement: of a module (`owner` is empty) or of a class body."""

    module: str
    index: int
    node: ast.stmt
    package: str
    future_annotations: bool

    @cached_property
    def text(self) -> str:
        return text_of(self.node) + self._annotations

    @cached_property
    def shell(self) -> str:
        return shell_of(self.node) + self._annotations

    @property
    def _annotations(self) -> str:
        """How annotations are evaluated is part of what a statement with annotations says."""
        return " (annotations are text)" if self.future_annotations and _annotated(self.node) else ""

    @cached_property
    def effects(self) -> Effects:
        return effects_of(self.node, package=self.package, future_annotations=self.future_annotations)

    @cached_property
    def binds(self) -> tuple[str, ...]:
        return tuple(sorted(self.effects.binds))

    @cached_property
    def body(self) -> tuple[Statement, ...]:
        """The statements of a class statement's body, in order."""
        assert isinstance(self.node, ast.ClassDef)
        return tuple(
            Statement(self.module, index, node, self.package, self.future_annotations)
            for index, node in enumerate(self.node.body)
        )

    @cached_property
    def class_as_read(self) -> ast.ClassDef:
        """The class statement with private names as Python reads them (`_C__x`)."""
        assert isinstance(self.node, ast.ClassDef)
        return with_private_names(self.node)

    @cached_property
    def classes(self) -> tuple[Statement, ...]:
        """The class statements inside a block, in order, counted from 0; none of anything else."""
        nodes = _classes_in(self.node) if self.is_block else ()
        return tuple(
            Statement(self.module, index, node, self.package, self.future_annotations)
            for index, node in enumerate(nodes)
        )

    @cached_property
    def evaluated(self) -> tuple[ast.AST, ...]:
        """The parts that are evaluated when the statement runs: not the bodies of functions."""
        return tuple(_evaluated(self))

    @property
    def line(self) -> int:
        decorators = getattr(self.node, "decorator_list", None)
        return decorators[0].lineno if decorators else self.node.lineno

    @property
    def is_function(self) -> bool:
        return isinstance(self.node, FUNCTIONS)

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_text(self) -> bool:
        """A string that stands alone: the docstring, or a comment in disguise."""
        node = self.node
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )

    @property
    def is_block(self) -> bool:
        """A compound statement that is no definition: it may bind a name, or not."""
        return isinstance(
            self.node, ast.If | ast.Try | ast.TryStar | ast.With | ast.For | ast.While | ast.Match
        )

    @property
    def decorated(self) -> bool:
        return bool(getattr(self.node, "decorator_list", None))

    @property
    def key(self) -> str:
        """What pairs a changed statement with its older self: kind of definition and names."""
        if isinstance(self.node, ast.ClassDef):
            return f"class {self.node.name}"
        if isinstance(self.node, FUNCTIONS):
            return f"def {self.node.name}"
        targets = _assigned(self.node)
        if targets is not None:
            return f"set {targets}"
        return f"{type(self.node).__name__} {' '.join(self.binds)}"


def definitions_of(module: Module) -> tuple[Statement, ...]:
    """The top-level statements of a module, in order; made once and kept with the module."""
    kept: dict[str, tuple[Statement, ...]] = vars(module)
    if _KEPT not in kept:
        future = module.future_annotations
        kept[_KEPT] = tuple(
            Statement(module.name, index, node, module.package, future)
            for index, node in enumerate(module.tree.body)
        )
    return kept[_KEPT]


def _classes_in(node: ast.AST) -> Iterator[ast.ClassDef]:
    """Not those inside functions and other classes, and none that only type checkers see."""
    if isinstance(node, ast.ClassDef):
        yield node
    elif isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
        yield from (found for child in node.orelse for found in _classes_in(child))
    elif not isinstance(node, (*FUNCTIONS, ast.expr)):
        yield from (found for child in ast.iter_child_nodes(node) for found in _classes_in(child))


def _evaluated(statement: Statement) -> Iterator[ast.AST]:
    node: Any = statement.node
    if not statement.is_function:
        shell = copy.deepcopy(node)
        for inner in ast.walk(shell):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                inner.body = []
            elif isinstance(inner, ast.AnnAssign) and statement.future_annotations:
                inner.annotation = ast.Constant("")
        yield shell
        return
    yield from node.decorator_list
    yield from (d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None)
    if not statement.future_annotations:
        args = (
            *node.args.posonlyargs,
            *node.args.args,
            *node.args.kwonlyargs,
            node.args.vararg,
            node.args.kwarg,
        )
        yield from (a.annotation for a in args if a is not None and a.annotation is not None)
        if node.returns is not None:
            yield node.returns


def _annotated(node: ast.AST) -> bool:
    return any(
        (isinstance(inner, ast.arg) and inner.annotation is not None)
        or (isinstance(inner, FUNCTIONS) and inner.returns is not None)
        or isinstance(inner, ast.AnnAssign)
        for inner in ast.walk(node)
    )


def text_of(node: ast.AST) -> str:
    """The node without positions, comments and formatting."""
    return ast.dump(node)


def shell_of(node: ast.AST) -> str:
    """The node without the bodies of its functions."""
    functions = [inner for inner in ast.walk(node) if isinstance(inner, FUNCTIONS)]
    bodies = [function.body for function in functions]
    try:  # emptied for the moment of the dump: copying the tree would cost more than all the rest
        for function in functions:
            function.body = []
        return ast.dump(node)
    finally:
        for function, body in zip(functions, bodies, strict=True):
            function.body = body


def _assigned(node: ast.stmt) -> str | None:
    """The targets of an assignment, as text, so that a new value is paired with the old one."""
    if isinstance(node, ast.Assign):
        return " = ".join(ast.unparse(target) for target in node.targets)
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return ast.unparse(node.target)
    return None


def assigned_value(node: ast.stmt) -> ast.expr | None:
    """What an assignment assigns; None for anything else."""
    return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None


def made_otherwise(old: Statement, new: Statement) -> bool:
    """True when bases, keywords, decorators or type parameters of a class differ."""
    return _heading(old.node) != _heading(new.node)


def _heading(node: ast.stmt) -> str:
    assert isinstance(node, ast.ClassDef)
    parts = [*node.bases, *node.keywords, *node.decorator_list, *getattr(node, "type_params", ())]
    return " ".join(ast.dump(part) for part in parts)
