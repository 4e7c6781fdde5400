"""Letting a living class become its new self, so that every instance anywhere runs the new code.

Two ways. `patch_class` runs only the statements of the class body that changed, in a synthetic class body (so
that name mangling, `__class__` cells and qualified names are right), and sets what they bind: neither
metaclass nor
decorators run. `become_class` takes over what running the whole class statement made, when the making of the
class itself (bases, decorators, fields) changed; what came from outside the body stays.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from ..appup.definitions import Statement, class_body, made_otherwise
from ..appup.diff import Change, Changed, diff_statements
from ..appup.names import dotted_names
from ..appup.scopes import MAKING
from .abstract import refresh_abstract
from .annotations import tidy_annotations
from .derived import new_attributes
from .functions import can_become, forward, functions_under, same_definition
from .journal import MISSING
from .kinds import Kind, kind_of
from .layout import can_hold, replace_class
from .module_run import ModuleRun

__all__ = ["become_class", "patch_class"]

# What belongs to a class object itself and is never handed from one to another.
_OWN = frozenset({"__dict__", "__weakref__", "__module__", "__qualname__", "__slots__", "__classcell__"})


def patch_class(
    run: ModuleRun, cls: type, older: Statement | None, newer: Statement, again: frozenset[str] = frozenset()
) -> bool:
    """Patch a live class in place from its class statement; False when its making must run again.

    `again` are attributes whose statements run although nothing that can be seen in them changed.
    """
    assert isinstance(newer.node, ast.ClassDef)
    kind = kind_of(cls)
    if getattr(newer.node, "type_params", None) or _making_changed(run, older, newer):
        return False
    changes = _body_changes(older, newer)
    dirty = _dirty(run, cls, changes, again)
    if any(kind.shapes(change) for change in dirty):
        return False
    body = _Body(run, cls, newer)
    body.run([change for change in dirty if change.new is not None])
    for name in _removed(changes):
        run.journal.delete_class(cls, name)
        run.mark_dirty(f"{newer.binds[0]}.{name}")
    _tidy(run, cls, older, newer)
    if dirty:
        refresh_abstract(run.journal, cls)
    _note_attributes(run, cls, older, newer)
    return True


def _note_attributes(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> None:
    gained = new_attributes(cls, run.namespace, older, newer)
    if gained is not None:
        run.progress.gained.append(gained)


def _making_changed(run: ModuleRun, older: Statement | None, newer: Statement) -> bool:
    node = newer.node
    assert isinstance(node, ast.ClassDef)
    if older is not None and made_otherwise(older, newer):
        return True
    making = [*node.bases, *(k.value for k in node.keywords), *node.decorator_list]
    if run.reads_dirty(*making):
        return True
    return any(
        run.is_dirty(f"{ast.unparse(base)}.{MAKING}")
        for base in node.bases
        if not isinstance(base, ast.Subscript)
    )


def _body_changes(older: Statement | None, newer: Statement) -> tuple[Change, ...]:
    body = class_body(newer)
    if older is None:
        return tuple(Change(Changed.SAME, statement, statement) for statement in body)
    return diff_statements(class_body(older), body)


def _to_run(run: ModuleRun, cls: type, change: Change) -> bool:
    if change.new is None or change.how in (Changed.TEXT, Changed.ADDED):
        return True
    local = frozenset(cls.__dict__)
    node = change.new.node
    if change.how is Changed.BODY and change.new.is_function:
        return not _code_is_given(run, cls, change.new) or run.reads_dirty(
            *_evaluated(change.new), hidden=local
        )
    return run.reads_dirty(*_evaluated(change.new), hidden=local) or (
        change.how is Changed.BODY and isinstance(node, ast.ClassDef) is False and not change.new.is_function
    )


def _dirty(run: ModuleRun, cls: type, changes: tuple[Change, ...], again: frozenset[str]) -> list[Change]:
    """The changes to act on: what changed, what reads it in the same body, and what binds the same name.

    A property and its setter, overloads and their implementation only make sense together.
    """
    found: dict[int, Change] = {}
    local: set[str] = set()
    for index, change in enumerate(changes):
        reads = local and change.new is not None and local & _local_reads(change.new)
        wanted = change.new is not None and not again.isdisjoint(change.new.binds)
        if reads or wanted or _to_run(run, cls, change):
            found[index] = change
            statement = change.new or change.old
            if statement is not None and not statement.is_function:
                local |= statement.effects.binds
    binders = Counter(name for change in changes if change.new is not None for name in change.new.binds)
    shared = {n for c in found.values() for n in (c.new or c.old).binds if binders[n] > 1}  # type: ignore[union-attr]
    for index, change in enumerate(changes):
        if change.new is not None and shared.intersection(change.new.binds):
            found.setdefault(index, change)
    return [found[index] for index in sorted(found)]


def _local_reads(statement: Statement) -> set[str]:
    return {name.partition(".")[0] for node in _evaluated(statement) for name in dotted_names(node)}


def _tidy(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> None:
    """What making a class adds by itself: annotations in source order, `__hash__` by `__eq__`."""
    annotations = cls.__dict__.get("__annotations__")
    if type(annotations) is dict and older is not None:
        tidy_annotations(run.journal, annotations, _annotated(older), _annotated(newer))
    bound = _bound_in(newer)
    if "__hash__" in bound:
        return
    if "__eq__" in bound and "__hash__" not in cls.__dict__:
        run.journal.set_class(cls, "__hash__", None)
    elif "__eq__" not in bound and cls.__dict__.get("__hash__", MISSING) is None and _defines_eq(older):
        run.journal.delete_class(cls, "__hash__")


def _defines_eq(statement: Statement | None) -> bool:
    return "__eq__" in _bound_in(statement)


def _annotated(statement: Statement) -> list[str]:
    """The names that a class body annotates, in order."""
    nodes = (inner.node for inner in class_body(statement))
    targets = (node.target for node in nodes if isinstance(node, ast.AnnAssign))
    return list(dict.fromkeys(target.id for target in targets if isinstance(target, ast.Name)))


def _evaluated(statement: Statement) -> Iterator[ast.AST]:
    """The parts of a class body's statement that are evaluated with it: not the bodies of functions."""
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


def _code_is_given(run: ModuleRun, cls: type, statement: Statement) -> bool:
    """True when the living method already has the new code, so that there is nothing to run."""
    name: str = statement.node.name  # type: ignore[attr-defined]
    code = run.pairs.new_code(f"{cls.__qualname__}.{name}", statement.line) if run.pairs else None
    live = cls.__dict__.get(name, MISSING)
    return code is not None and any(f.__code__ is code for f in functions_under(live))


def _removed(changes: tuple[Change, ...]) -> list[str]:
    kept = {name for change in changes if change.new is not None for name in change.new.binds}
    gone = (change for change in changes if change.new is None and change.old is not None)
    return [name for change in gone for name in change.old.binds if name not in kept]  # type: ignore[union-attr]


class _Namespace(dict[str, Any]):
    """The locals of a synthetic class body: what stands before the statement is found, never written to."""

    def __init__(self, cls: type) -> None:
        super().__init__()
        self.cls = cls
        self.visible: set[str] = set()

    def __missing__(self, name: str) -> Any:
        if name in _OWN or name not in self.visible:
            raise KeyError(name)
        return self.cls.__dict__[name]


class _Body:
    """Runs some statements of a class body and gives the class what they bind."""

    def __init__(self, run: ModuleRun, cls: type, statement: Statement) -> None:
        self.run_ = run
        self.cls = cls
        self.statement = statement

    def run(self, changes: list[Change]) -> None:
        """Run the new statements of the changes, in order, and hand what they bind to the class."""
        running = [change for change in changes if _runs_alone(change.new)]
        if not running:
            return
        namespace = _Namespace(self.cls)
        namespace["__annotations__"] = {}
        bare = self._run_all(running, namespace)
        for name in self._deleted():
            namespace.pop(name, None)
        annotations = namespace.pop("__annotations__", None)
        if annotations:
            self._annotations(annotations, changes)
        for name, value in list(namespace.items()):
            if name in bare:
                self._redefine(name, value, bare[name])
            elif name not in ("__module__", "__qualname__", "__firstlineno__"):
                self._unmark(name, running)
                self._set(name, self._inner_class(name, value, changes))

    def _unmark(self, name: str, changes: list[Change]) -> None:
        """What decorators that are no longer there had set on the method goes."""
        before = self.cls.__dict__.get(name, MISSING)
        found = (c for c in changes if c.new and c.new.is_function and c.new.binds == (name,))
        change = next(found, None)
        if type(before) is FunctionType and change is not None and self._redecorated(change):
            self.run_.journal.contents(before.__dict__)
            before.__dict__.clear()

    def _run_all(self, changes: list[Change], namespace: _Namespace) -> dict[str, Change]:
        """Returns the functions that were defined without their decorators, by name."""
        shared = Counter(change.new.binds for change in changes if change.new)
        bare: dict[str, Change] = {}
        for change in changes:
            assert change.new is not None
            node, stripped = (change.new.node, False)
            if shared[change.new.binds] == 1:
                node, stripped = self._strip(change)
            if stripped:
                bare[change.new.binds[0]] = change
            self._exec(node, change.new, namespace)
        return bare

    def _strip(self, change: Change) -> tuple[ast.stmt, bool]:
        """The statement without decorators that need not run again, and whether it is one."""
        statement = change.new
        assert statement is not None
        node: Any = statement.node
        if not statement.is_function or change.how is Changed.ADDED or self._redecorated(change):
            return statement.node, False
        if self._living(change) is None:
            return statement.node, False
        node = copy.copy(node)
        node.decorator_list = []
        return node, True

    def _redecorated(self, change: Change) -> bool:
        old: Any = change.old.node if change.old is not None else None
        new: Any = change.new.node  # type: ignore[union-attr]
        if not isinstance(old, ast.FunctionDef | ast.AsyncFunctionDef):
            return True
        same = [ast.dump(d) for d in old.decorator_list] == [ast.dump(d) for d in new.decorator_list]
        return not same or self.run_.must_decorate(new.decorator_list, frozenset(self.cls.__dict__))

    def _living(self, change: Change) -> FunctionType | None:
        """The living function of a method, under its decorators: by the code that it has or had."""
        statement = change.new
        assert statement is not None
        name: str = statement.node.name  # type: ignore[attr-defined]
        live = self.cls.__dict__.get(name, MISSING)
        code, pairs = self._code(statement), self.run_.pairs
        pair = pairs.to(code) if pairs and code is not None else None
        codes = [c for c in (code, pair.old if pair else None) if c is not None]
        for function in functions_under(live):
            if any(function.__code__ == c for c in codes) and (
                pairs is None or can_become(function, code or codes[0])
            ):
                return function
        return None

    def _code(self, statement: Statement) -> CodeType | None:
        name: str = statement.node.name  # type: ignore[attr-defined]
        qualname = f"{self.cls.__qualname__}.{name}"
        if self.run_.pairs is not None:
            return self.run_.pairs.new_code(qualname, statement.line)
        live = self.cls.__dict__.get(name, MISSING)
        return next((f.__code__ for f in functions_under(live) if f.__code__.co_qualname == qualname), None)

    def _inner_class(self, name: str, value: Any, changes: list[Change]) -> Any:
        """A class inside the class goes on too, with its identity."""
        before = self.cls.__dict__.get(name, MISSING)
        change = next((c for c in changes if c.new and c.new.is_class and c.new.binds == (name,)), None)
        if change is None or change.new is None or not (isinstance(before, type) and isinstance(value, type)):
            return value
        return become_class(self.run_, before, value, change.old, change.new)

    def _deleted(self) -> set[str]:
        """Names that the body deletes again, such as the variable of a loop."""
        return {name for inner in class_body(self.statement) for name in inner.effects.deletes}

    def _exec(self, statement_node: ast.stmt, statement: Statement, namespace: _Namespace) -> None:
        """Run one statement as the body of this class would, after those that stand before it."""
        before = class_body(self.statement)[: statement.index]
        namespace.visible = {name for inner in before for name in inner.effects.binds}
        outer = self.cls.__qualname__.split(".")
        node: ast.stmt = _class_around(outer[-1], [statement_node])
        for name in reversed(outer[:-1]):
            node = _class_around(name, [node])
        code = self.run_.compile(ast.fix_missing_locations(ast.copy_location(node, self.statement.node)))
        for name in outer:
            code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)
        exec(code, self.run_.namespace, namespace)
        cell = namespace.pop("__classcell__", None)
        if cell is not None:
            cell.cell_contents = self.cls
        namespace.pop("__static_attributes__", None)

    def _annotations(self, new: dict[str, Any], changes: list[Change]) -> None:
        live = self.cls.__dict__.get("__annotations__")
        if type(live) is not dict:
            self.run_.journal.set_class(self.cls, "__annotations__", dict(new))
            return
        for name, value in new.items():
            self.run_.journal.set_item(live, name, value)

    def _redefine(self, name: str, new: Any, change: Change) -> None:
        target = self._living(change)
        assert target is not None and change.new is not None
        code = self._code(change.new) or new.__code__
        self.run_.redefine(target, new, code)

    def _set(self, name: str, value: Any) -> None:
        """Set one attribute; a plain function becomes its new self where it can."""
        journal, before = self.run_.journal, self.cls.__dict__.get(name, MISSING)
        if type(value) is FunctionType and same_definition(before, value):
            code = (
                self.run_.pairs.new_code(value.__qualname__, value.__code__.co_firstlineno)
                if self.run_.pairs
                else None
            )
            if can_become(before, code or value.__code__):
                self.run_.redefine(before, value, code or value.__code__)
                return
            forward(journal, before, value)
        journal.set_class(self.cls, name, value)
        _name_it(value, self.cls, name)
        if type(value) is not FunctionType:
            self.run_.mark_dirty(f"{self.cls.__qualname__}.{name}")


def _runs_alone(statement: Statement | None) -> bool:
    """False for a `del` (see `_deleted`) and for a text that, run alone, would be taken for the docstring."""
    if statement is None or isinstance(statement.node, ast.Delete):
        return False
    return not (statement.is_text and statement.index)


def _class_around(name: str, body: list[ast.stmt]) -> ast.ClassDef:
    node = ast.ClassDef(name=name, bases=[], keywords=[], body=body, decorator_list=[])
    if "type_params" in ast.ClassDef._fields:  # Python 3.12
        setattr(node, "type_params", [])  # noqa: B010
    return node


def _name_it(value: Any, cls: type, name: str) -> None:
    """`__set_name__`, which making the class would have called."""
    hook = getattr(type(value), "__set_name__", None)
    if hook is not None:
        hook(value, cls, name)


# The making of a class


def become_class(run: ModuleRun, old: type, new: type, older: Statement | None, newer: Statement) -> type:
    """The class that the name stands for after its statement ran: `old` if it can be in place, else `new`."""
    run.progress.dirty.add(f"{run.name}:{newer.binds[0]}.{MAKING}")
    kind = kind_of(old)
    if kind is not kind_of(new) or not can_hold(run.journal, old, new):
        replace_class(run, old, new)
        _note_attributes(run, new, older, newer)
        run.progress.superseded.append((old, new))
        return new
    _take_over(run, kind, old, new, older, newer)
    _note_attributes(run, old, older, newer)
    run.progress.superseded.append((new, old))
    return old


def _take_over(
    run: ModuleRun, kind: Kind, old: type, new: type, older: Statement | None, newer: Statement
) -> None:
    changes = _body_changes(older, newer)
    clean = _clean_values(run, old, changes)
    body = _bound_in(newer)
    for name, value in list(new.__dict__.items()):
        if name in _OWN or name in clean or name in kind.own:
            continue
        _take(run, old, new, name, value, written=name in body)
    generated = kind.generated(old)
    for name in list(old.__dict__):
        if name not in new.__dict__ and (name in _bound_in(older) or name in generated):
            run.journal.delete_class(old, name)
    _take_module(run, old, new)
    kind.become(run.journal, old, new)
    refresh_abstract(run.journal, old)


def _clean_values(run: ModuleRun, cls: type, changes: tuple[Change, ...]) -> set[str]:
    """Attributes whose statement did not change: values set from outside, or at run time, live on."""
    clean: set[str] = set()
    for change in changes:
        value = change.how is Changed.SAME and change.new is not None and not change.new.is_function
        if value and change.new is not None and not _to_run(run, cls, change):
            clean.update(name for name in change.new.binds if name in cls.__dict__)
    return clean


def _take(run: ModuleRun, old: type, new: type, name: str, value: Any, *, written: bool) -> None:
    """Give `old` one attribute of `new`; functions that the body defines (`written`) keep their identity."""
    before = old.__dict__.get(name, MISSING)
    if before is value or type(value).__name__ in ("member_descriptor", "getset_descriptor"):
        return
    if type(value) is FunctionType:
        _point_cell(run, value, new, old)
        if written and same_definition(before, value) and can_become(before, value.__code__):
            run.redefine(before, value, value.__code__)
            return
    else:
        for function in functions_under(value):
            _point_cell(run, function, new, old)
    run.journal.set_class(old, name, value)
    _name_it(value, old, name)
    if type(value) is not FunctionType:
        run.mark_dirty(f"{old.__qualname__}.{name}")


def _point_cell(run: ModuleRun, function: FunctionType, new: type, old: type) -> None:
    """Zero-argument `super()` finds its class in the cell `__class__`, shared by the methods of a body."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name == "__class__" and cell.cell_contents is new:
            run.journal.set_attribute(cell, "cell_contents", old)


def _take_module(run: ModuleRun, old: type, new: type) -> None:
    if old.__module__ != new.__module__:
        run.journal.set_class(old, "__module__", new.__module__)
    if old.__qualname__ != new.__qualname__:
        before = old.__qualname__
        run.journal.on_undo(lambda: setattr(old, "__qualname__", before))
        type.__setattr__(old, "__qualname__", new.__qualname__)
    if old.__name__ != new.__name__:
        name = old.__name__
        run.journal.on_undo(lambda: setattr(old, "__name__", name))
        type.__setattr__(old, "__name__", new.__name__)


def _bound_in(statement: Statement | None) -> set[str]:
    if statement is None or not statement.is_class:
        return set()
    return {name for inner in class_body(statement) for name in inner.binds}
