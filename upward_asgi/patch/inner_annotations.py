"""Annotations of functions inside functions: living closures are to say what a fresh start's would.

They are written down when the function around them runs, so a change of annotations alone leaves nothing to
run again for a closure that was made before. What old and new source say is evaluated on its own, among the
module's names; a closure that says what the old source says is given what the new one does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from ..appup.codes import CodePairs
from ..appup.trees import Module
from .journal import Journal
from .module_run import future_flags

__all__ = ["InnerAnnotations", "changed_annotations", "refresh_annotations"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Place = tuple[str, int]
"""Qualified name and first line, decorators included: where a function's code says that it stands."""


@dataclass(frozen=True, slots=True)
class InnerAnnotations:
    """The changed annotations of one function: code that defines a function with them and nothing else."""

    old: CodeType
    new: CodeType


def changed_annotations(old: Module, new: Module, pairs: CodePairs) -> dict[_Place, InnerAnnotations]:
    """The functions inside functions whose annotations differ, by their place in the new module."""
    before, after = dict(_inner(old.tree)), dict(_inner(new.tree))
    found = {}
    for pair in pairs.pairs:
        place = pair.new.co_qualname, pair.new.co_firstlineno
        one, other = before.get((pair.old.co_qualname, pair.old.co_firstlineno)), after.get(place)
        if one is None or other is None:
            continue
        stubs = _stub(one), _stub(other)
        if ast.dump(stubs[0]) != ast.dump(stubs[1]) or future_flags(old) != future_flags(new):
            found[place] = InnerAnnotations(_compiled(stubs[0], old), _compiled(stubs[1], new))
    return found


def refresh_annotations(
    journal: Journal, functions: Iterable[FunctionType], changed: dict[_Place, InnerAnnotations]
) -> None:
    """Give the living functions among `functions` their new annotations, in place."""
    for function in functions if changed else ():
        code = function.__code__
        annotations = changed.get((code.co_qualname, code.co_firstlineno))
        if annotations is None:
            continue
        old, new = (_evaluated(stub, function) for stub in (annotations.old, annotations.new))
        if old is None or new is None or repr(function.__annotations__) != repr(old):
            continue  # others wrote them (`functools.wraps`), or they are not to be had
        live = function.__annotations__
        journal.contents(live)
        live.clear()
        live.update(new)


def _inner(
    node: ast.AST, qualname: str = "", *, inside: bool = False
) -> Iterator[tuple[_Place, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            name = f"{qualname}{child.name}"
            if inside:
                first = child.decorator_list[0] if child.decorator_list else child
                yield (name, first.lineno), child
            yield from _inner(child, f"{name}.<locals>.", inside=True)
        elif isinstance(child, ast.ClassDef):
            yield from _inner(child, f"{qualname}{child.name}.", inside=inside)
        else:
            yield from _inner(child, qualname, inside=inside)


def _stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.FunctionDef:
    """The function with its annotations alone: no decorators, no defaults, no body."""
    args = function.args
    bare = ast.arguments(
        posonlyargs=args.posonlyargs,
        args=args.args,
        vararg=args.vararg,
        kwonlyargs=args.kwonlyargs,
        kw_defaults=[None] * len(args.kwonlyargs),
        kwarg=args.kwarg,
        defaults=[],
    )
    made = ast.FunctionDef(
        name=function.name, args=bare, body=[ast.Pass()], decorator_list=[], returns=function.returns
    )
    if "type_params" in ast.FunctionDef._fields:  # Python 3.12
        setattr(made, "type_params", [])  # noqa: B010
    return ast.fix_missing_locations(ast.copy_location(made, function))


def _compiled(stub: ast.FunctionDef, module: Module) -> CodeType:
    tree = ast.Module([stub], type_ignores=[])
    code: CodeType = compile(tree, str(module.path), "exec", future_flags(module), dont_inherit=True)
    return code


def _evaluated(stub: CodeType, function: FunctionType) -> dict[str, Any] | None:
    """What the annotations are among the names of the module; None when they name something local."""
    made: dict[str, Any] = {}
    try:
        exec(stub, function.__globals__, made)
    except (NameError, AttributeError, TypeError, KeyError):
        return None
    (defined,) = made.values()
    found: dict[str, Any] = defined.__annotations__
    return found
