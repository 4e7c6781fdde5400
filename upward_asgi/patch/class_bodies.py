"""Running some statements of a class body, as the body of the living class would run them.

In a synthetic class body name mangling, `__class__` cells and qualified names are right; neither metaclass
nor decorators of the class run, and decorators of a method only where they or what they read changed.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from types import CodeType, FunctionType
from typing import Any

from ..appup.definitions import Statement
from ..appup.diff import Change, Changed
from .class_changes import is_docstring, mangled
from .class_making import OWN, become_class, name_it
from .functions import can_become, forward, functions_under, same_definition
from .journal import MISSING
from .module_run import ModuleRun
from .stamps import Stamp

__all__ = ["ClassBody"]


_IMPLICIT = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
"""Plain functions of these names become static and class methods when their class is made."""


class _Namespace(dict[str, Any]):
    """The locals of a synthetic class body: what stands before the statement is found, never written to."""

    def __init__(self, cls: type) -> None:
        super().__init__()
        self.cls = cls
        self.visible: set[str] = set()

    def __missing__(self, name: str) -> Any:
        if name in OWN or name not in self.visible:
            raise KeyError(name)
        return self.cls.__dict__[name]


class ClassBody:
    """Runs some statements of a class body and gives the class what they bind."""

    def __init__(self, run: ModuleRun, cls: type, statement: Statement) -> None:
        self.run_ = run
        self.cls = cls
        self.statement = statement
        self.shared: Counter[tuple[str, ...]] = Counter()
        """How many statements that came, changed or went bind the same names: they belong together."""
        self.stamp = Stamp(cls, run.name, run.name)
        self.living: dict[int, object] = {}
        """By the id of what a statement made: what lives on in its place, under whatever name."""

    def run(self, changes: list[Change]) -> None:
        """Run the new statements of the changes, in order, and hand what they bind to the class.

        The changes include what is gone: a property whose setter went is made again.
        """
        self.shared = Counter((change.new or change.old).binds for change in changes)  # type: ignore[union-attr]
        running = [change for change in changes if _runs_alone(change.new)]
        if not running:
            return
        namespace = _Namespace(self.cls)
        namespace["__annotations__"] = {}
        settled = self._run_all(running, namespace)
        for name in self._deleted():
            namespace.pop(name, None)
        annotations = namespace.pop("__annotations__", None)
        if annotations:
            self._annotations(annotations, changes)
        for name, value in list(namespace.items()):
            if id(value) in self.living:
                self.run_.journal.set_class(self.cls, name, self.living[id(value)])
            elif name not in ("__module__", "__qualname__", "__firstlineno__", *settled):
                self._unmark(name, running)
                lives_on = self._set(name, self._inner_class(name, value, changes))
                if lives_on is not value:
                    self.living[id(value)] = lives_on

    def _unmark(self, name: str, changes: list[Change]) -> None:
        """What decorators that are no longer there had set on the method goes."""
        before = self.cls.__dict__.get(name, MISSING)
        methods = (c for c in changes if c.new and c.new.is_function)
        found = (c for c in methods if c.new and mangled(self.cls, c.new.binds[0]) == name)
        change = next(found, None)
        if type(before) is FunctionType and change is not None and self._redecorated(change):
            self.run_.journal.contents(before.__dict__)
            before.__dict__.clear()

    def _run_all(self, changes: list[Change], namespace: _Namespace) -> set[str]:
        """Run the statements; returns the names of methods that live on already, for later ones to read."""
        settled: set[str] = set()
        for change in changes:
            assert change.new is not None
            alone = change.new.is_function and self.shared[change.new.binds] == 1
            node, stripped = self._strip(change) if alone else (change.new.node, False)
            name = mangled(self.cls, change.new.binds[0]) if alone else ""
            again = change.new.decorated and not stripped
            before = self.cls.__dict__.get(name) if again else MISSING
            qualname = f"{self.cls.__qualname__}.{change.new.binds[0]}" if again else ""
            with self.run_.progress.taken_out(before, qualname):
                self._exec(node, change.new, namespace)
            if stripped:
                namespace[name] = self._redefine(name, namespace[name], change)
                settled.add(name)
            elif type(namespace.get(name)) is FunctionType:
                self._unmark(name, [change])
                made, namespace[name] = namespace[name], self._set(name, namespace[name])
                if again and made is not namespace[name]:  # its decorators may have put it somewhere
                    self.run_.progress.superseded.append((made, namespace[name]))
                settled.add(name)
        return settled

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
        live = self.cls.__dict__.get(mangled(self.cls, statement.binds[0]), MISSING)
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
        live = self.cls.__dict__.get(mangled(self.cls, name), MISSING)
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
        deleted = (name for inner in self.statement.body for name in inner.effects.deletes)
        return {mangled(self.cls, name) for name in deleted}

    def _exec(self, statement_node: ast.stmt, statement: Statement, namespace: _Namespace) -> None:
        """Run one statement as the body of this class would, after those that stand before it."""
        before = self.statement.body[: statement.index]
        bound = {name for inner in before for name in inner.effects.binds}
        namespace.visible = {mangled(self.cls, name) for name in bound}
        namespace.visible.update("__doc__" for inner in before if is_docstring(inner))
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

    def _redefine(self, name: str, new: Any, change: Change) -> object:
        target = self._living(change)
        assert target is not None and change.new is not None
        code = self._code(change.new) or new.__code__
        self.run_.redefine(target, new, code)
        return self.cls.__dict__[name]

    def _set(self, name: str, value: Any) -> object:
        """Set one attribute; a plain function becomes its new self where it can. Returns what lives on."""
        journal, held = self.run_.journal, self.cls.__dict__.get(name, MISSING)
        implicit = name in _IMPLICIT and type(value) is FunctionType
        before = held.__func__ if implicit and type(held) in (classmethod, staticmethod) else held
        if type(value) is FunctionType and same_definition(before, value) and self._is_pair(before, value):
            code = self._new_code(value)
            if can_become(before, code):
                self.run_.redefine(before, value, code)
                return before
            forward(journal, before, value)
        self.stamp.keep(journal, name, value)
        made = _as_type_would(name, value) if implicit else value
        journal.set_class(self.cls, name, made)
        name_it(made, self.cls, name)
        if type(value) is not FunctionType:
            self.run_.mark_dirty(f"{self.cls.__qualname__}.{name}")
        return value

    def _is_pair(self, before: FunctionType, value: FunctionType) -> bool:
        """False for another of several methods of one name, such as `_` that a dispatcher registers."""
        pairs = self.run_.pairs
        pair = pairs.to(self._new_code(value)) if pairs else None
        alone = sum(count for binds, count in self.shared.items() if value.__name__ in binds) < 2
        return alone or (pair is not None and before.__code__ in (pair.old, pair.new))

    def _new_code(self, made: FunctionType) -> CodeType:
        """The function's code as the whole module's compilation has it."""
        pairs = self.run_.pairs
        code = pairs.new_code(made.__qualname__, made.__code__.co_firstlineno) if pairs else None
        return code or made.__code__


def _as_type_would(name: str, function: FunctionType) -> Any:
    """What `type.__new__` makes of the function; the decorator would copy its documentation besides."""
    return type("Made", (), {name: function}).__dict__[name]


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
