"""Routes that a running service added itself: building its application again would lose them.

What is added at import is added again. What a start-up function or a request added (`app.mount(…)` in a
lifespan) is not known to the statements that build the application, so such an application is never built
again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .application_reads import Reaches
from .applications import Application, Applications, calls_in
from .definitions import FUNCTIONS, Statement
from .instructions import Instruction, RebuildApp
from .names import dotted_names
from .scopes import Scopes, key
from .tree_diff import TreeDiff
from .verdict import Reason, Verdict

__all__ = ["application_verdict", "left_to_proof"]

_ADDING = frozenset(
    {
        *("include_router", "mount", "host", "add_route", "add_api_route", "add_websocket_route"),
        *("add_api_websocket_route", "add_middleware", "add_exception_handler"),
    }
)
_ADDED = "added_at_run_time"
_STARTUP = frozenset({"lifespan", "on_startup"})


def application_verdict(diff: TreeDiff, instructions: Sequence[Instruction]) -> Verdict:
    """Cold when an application is to be built again that the release left adds something to at run time."""
    rebuilt = {key(i.home or i.module, i.name) for i in instructions if isinstance(i, RebuildApp)}
    if not rebuilt:
        return Verdict()
    scopes = Scopes(diff.old)
    applications = Applications(scopes)
    renamed = diff.moves.renamed
    before = {
        key(renamed.get(h.partition(":")[0], h.partition(":")[0]), h.partition(":")[2]) for h in rebuilt
    }
    added, reaches = tuple(_adding(scopes)), Reaches(applications, scopes)
    reasons: list[Reason] = []
    for home in sorted(before & applications.all.keys()) if added else ():
        application = applications.all[home]
        called = reaches.of(application).called
        for one in added:
            place = (one.statement.module, one.statement.index)
            if place not in called and _adds(one, application, applications):
                reasons.append(_reason(application, one, diff))
    return Verdict(tuple(reasons))


def left_to_proof(verdict: Verdict) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict where a proof will look what was added at run time: such reasons are notes, and are listed.

    A function that adds something may never have been called.
    """
    asked = tuple(reason for reason in verdict.reasons if reason.code == _ADDED)
    if not asked:
        return verdict, ()
    kept = tuple(reason for reason in verdict.reasons if reason.code != _ADDED)
    return Verdict(kept, (*verdict.notes, *map(_asked, asked))), asked


def _asked(reason: Reason) -> Reason:
    return replace(reason, message=f"{reason.message}; the rehearsal looks whether it has", advice="")


@dataclass(frozen=True)
class _Adding:
    """A call in a function that adds something to an application, whichever that is."""

    statement: Statement
    function: ast.FunctionDef | ast.AsyncFunctionDef
    call: ast.Call
    owner: ast.expr


def _adding(scopes: Scopes) -> Iterator[_Adding]:
    words = tuple(f".{name}(".encode() for name in _ADDING)
    for module in scopes.tree.modules.values():
        if not any(word in module.source for word in words):
            continue
        for statement in scopes.statements(module.name):
            for function in _functions(statement.node):
                for call in calls_in(ast.Module(function.body, [])):
                    if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDING:
                        yield _Adding(statement, function, call, call.func.value)


def _reason(application: Application, one: _Adding, diff: TreeDiff) -> Reason:
    file = diff.old[one.statement.module].path.relative_to(diff.old.root).as_posix()
    return Reason(
        _ADDED,
        f"{application.key} is to be built again, and the running service has added to it:"
        f" {ast.unparse(one.call.func)}(…) (line of the old release)",
        file,
        one.call.lineno,
        "add it at import, where the application is made, or release a new minor version",
    )


def _adds(one: _Adding, application: Application, applications: Applications) -> bool:
    owner = next(dotted_names(one.owner), "")
    arguments = one.function.args
    parameters = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    if owner in parameters:
        return owner == parameters[0] and _is_startup(one.function, application, applications)
    return applications.reads(one.statement.module, one.owner, (application.key,))


def _is_startup(
    function: ast.FunctionDef | ast.AsyncFunctionDef, application: Application, applications: Applications
) -> bool:
    """True for the function that the application's maker names as its lifespan."""
    for maker in applications.makers_of(application):
        for call in calls_in(maker.node):
            given = (k.value for k in call.keywords if k.arg in _STARTUP)
            if any(function.name in name.split(".") for value in given for name in dotted_names(value)):
                return True
    return False


def _functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The outermost functions of a statement; of a class, its methods."""
    if isinstance(node, FUNCTIONS):
        yield node
    elif isinstance(node, ast.ClassDef | ast.If | ast.Try | ast.With):
        for child in ast.iter_child_nodes(node):
            yield from _functions(child)
