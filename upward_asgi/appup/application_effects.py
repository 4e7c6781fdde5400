"""Routes that a running service added itself: building its application again would lose them.

What is added at import is added again. What a start-up function or a request added (`app.mount(…)` in a
lifespan) is not known to the statements that build the application, so such an application is never built again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .application_reads import reach_of
from .applications import Application, Applications, calls_in
from .definitions import FUNCTIONS, Statement
from .instructions import Instruction, RebuildApp
from .names import dotted_names
from .planning import TreeDiff
from .scopes import Scopes, key
from .verdict import Reason, Verdict

__all__ = ["application_verdict"]

_ADDING = frozenset(
    {
        *("include_router", "mount", "host", "add_route", "add_api_route", "add_websocket_route"),
        *("add_api_websocket_route", "add_middleware", "add_exception_handler"),
    }
)
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
    reasons: list[Reason] = []
    for home in sorted(before & applications.all.keys()):
        application = applications.all[home]
        called = set(reach_of(application, applications, scopes).called)
        for statement, call in _added_later(application, applications, scopes, called):
            reasons.append(_reason(application, statement, call, diff))
    return Verdict(tuple(reasons))


def _reason(application: Application, statement: Statement, call: ast.Call, diff: TreeDiff) -> Reason:
    file = diff.old[statement.module].path.relative_to(diff.old.root).as_posix()
    return Reason(
        "added_at_run_time",
        f"{application.key} is to be built again, and the running service has added to it:"
        f" {ast.unparse(call.func)}(…) (line of the old release)",
        file,
        call.lineno,
        "add it at import, where the application is made, or release a new minor version",
    )


def _added_later(
    application: Application, applications: Applications, scopes: Scopes, called: set[tuple[str, int]]
) -> Iterator[tuple[Statement, ast.Call]]:
    word = application.name.encode()
    for module in scopes.tree.modules.values():
        if word not in module.source and not any(w.encode() in module.source for w in _STARTUP):
            continue
        for statement in scopes.statements(module.name):
            if (module.name, statement.index) in called:
                continue
            for function in _functions(statement.node):
                yield from (
                    (statement, call)
                    for call in calls_in(ast.Module(function.body, []))
                    if _adds(call, function, statement, application, applications)
                )


def _adds(
    call: ast.Call,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    statement: Statement,
    application: Application,
    applications: Applications,
) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _ADDING:
        return False
    owner = next(dotted_names(call.func.value), "")
    parameters = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if owner in parameters:
        return owner == parameters[0] and _is_startup(function, application, applications)
    return applications.reads(statement.module, call.func.value, (application.key,))


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
