"""Letting a living function become its new self: same object, new code, defaults, annotations.

Whoever holds the function (importers, callbacks, partials, bound methods, tables) runs the new code from its
next call on; a frame that is suspended in it goes on with the old code and live globals. Checked on CPython
3.11, 3.12 and 3.13.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, TypeGuard

from .codes import give_code, has_own_doc
from .journal import Journal

__all__ = ["become", "can_become", "forward", "forwards", "functions_under", "redefine", "same_definition"]

_DEPTH = 6
"""How many wrappers deep a function is looked for under what a decorator made of it."""
_TARGET = "__upward_target__"
"""The keyword of a function that only forwards, with the function that it forwards to."""


def can_become(old: FunctionType, code: CodeType) -> bool:
    """True when `code` can be given to the living function: a closure's cells are fixed for its life."""
    return old.__code__.co_freevars == code.co_freevars


def redefine(journal: Journal, old: FunctionType, new: FunctionType, code: CodeType) -> None:
    """Give `old` everything that `new`'s definition evaluated, and `code`; what others stamped on it
    stays, a docstring too. Of a wrapper, what it wraps goes on as well.
    """
    if has_own_doc(old) or not has_own_doc(new):
        journal.set_attribute(old, "__doc__", new.__doc__)
    lives: Lives = {id(new): (new, old)}
    _become_cells(journal, old, new, lives)
    give_code(journal, old, code)
    journal.set_attribute(old, "__defaults__", new.__defaults__)
    journal.set_attribute(old, "__kwdefaults__", new.__kwdefaults__)
    _become_annotations(journal, old, new.__annotations__)
    if hasattr(new, "__type_params__"):
        journal.set_attribute(old, "__type_params__", new.__type_params__)
    for name, value in new.__dict__.items():
        if not same_definition(old.__dict__.get(name), value):
            journal.set_item(old.__dict__, name, _lives_on(value, lives))


def become(journal: Journal, old: FunctionType, new: FunctionType) -> list[tuple[object, object]]:
    """Let the result of decorating anew live on in the old wrapper: code, cells, attributes.

    Both were made by one piece of code (`can_become` holds), so their cells correspond one to one. What a
    cell or an attribute holds lives on when it is a function of the same definition, else it is replaced.
    Returns every function that was made anew with the one that lives on for it: others, such as a
    dispatcher's table, may hold the former.
    """
    lives: Lives = {}
    _become(journal, old, new, lives)
    return list(lives.values())


Lives = dict[int, tuple[object, object]]
"""By the id of a function made anew: that function, and the one that lives on for it."""


def _become(journal: Journal, old: FunctionType, new: FunctionType, lives: Lives) -> None:
    lives[id(new)] = new, old
    _become_cells(journal, old, new, lives)
    journal.contents(old.__dict__)
    give_code(journal, old, new.__code__)
    for name in ("__defaults__", "__kwdefaults__", "__annotations__", "__doc__", "__name__", "__qualname__"):
        journal.set_attribute(old, name, getattr(new, name))
    before = dict(old.__dict__)
    old.__dict__.clear()
    for name, value in new.__dict__.items():
        _become_if_same(journal, before.get(name), value, lives)
        old.__dict__[name] = _lives_on(value, lives)


def _become_if_same(journal: Journal, before: object, after: object, lives: Lives) -> None:
    if before is after or id(after) in lives:  # a function may reach itself through its cells
        return
    if same_definition(before, after) and can_become(before, after.__code__):  # type: ignore[attr-defined]
        _become(journal, before, after, lives)  # type: ignore[arg-type]


def _lives_on(value: object, lives: Lives) -> object:
    return lives[id(value)][1] if id(value) in lives else value


def _become_cells(journal: Journal, old: FunctionType, new: FunctionType, lives: Lives) -> None:
    names = new.__code__.co_freevars
    if old.__code__.co_freevars != names:
        return
    for name, mine, its in zip(names, old.__closure__ or (), new.__closure__ or (), strict=True):
        if name != "__class__":
            _become_cell(journal, mine, its, lives)


def _become_cell(journal: Journal, mine: CellType, its: CellType, lives: Lives) -> None:
    try:
        before, after = mine.cell_contents, its.cell_contents
    except ValueError:  # an empty cell: filled later, or never
        return
    _become_if_same(journal, before, after, lives)
    if _lives_on(after, lives) is not before:
        journal.set_attribute(mine, "cell_contents", _lives_on(after, lives))


def same_definition(one: object, other: object) -> TypeGuard[FunctionType]:
    """True when both are functions that one definition of one module made."""
    return (
        isinstance(one, FunctionType)
        and isinstance(other, FunctionType)
        and one.__code__.co_qualname == other.__code__.co_qualname
        and one.__globals__ is other.__globals__
    )


def _become_annotations(journal: Journal, old: FunctionType, new: dict[str, Any]) -> None:
    """In place: `functools.wraps` and classmethod share the dictionary of what they wrap."""
    annotations = old.__annotations__
    if list(annotations) == list(new) and all(annotations[name] is new[name] for name in new):
        return
    journal.contents(annotations)
    annotations.clear()
    annotations.update(new)


def forward(journal: Journal, old: FunctionType, new: Callable[..., Any]) -> None:
    """Let a function that cannot become the new one call it: its cells stay, its code only forwards."""
    give_code(journal, old, _forwarder(old.__code__))
    journal.set_attribute(old, "__defaults__", None)
    journal.set_attribute(old, "__kwdefaults__", {_TARGET: new})
    journal.contents(old.__dict__)
    old.__dict__["__wrapped__"] = new


def forwards(function: FunctionType) -> bool:
    """True of a function that `forward` has left nothing but the way to the new one."""
    return _TARGET in (function.__kwdefaults__ or {})


def _forwarder(code: CodeType) -> CodeType:
    """Code with the free variables of `code` that passes every argument on.

    The target is a keyword default, since neither the globals nor the cells of the old function are ours.
    """
    names = [
        name if name.isidentifier() and name != "__class__" else f"_{i}"
        for i, name in enumerate(code.co_freevars)
    ]
    source = (
        f"def outer({', '.join(names)}):\n"
        f"    def forward(*args, {_TARGET}, **kwargs):\n"
        f"        ({', '.join(names)})\n"
        f"        return {_TARGET}(*args, **kwargs)\n"
        "    return forward\n"
    )
    namespace: dict[str, Any] = {}
    exec(compile(source, code.co_filename, "exec"), namespace)
    made: CodeType = namespace["outer"](*names).__code__
    return made.replace(
        co_name=code.co_name, co_qualname=code.co_qualname, co_firstlineno=code.co_firstlineno
    )


def functions_under(obj: object, depth: int = _DEPTH) -> Iterator[FunctionType]:
    """Every function that a decorated definition is made of, the outermost first."""
    seen: set[int] = set()
    level = [obj]
    for _ in range(depth):
        following: list[object] = []
        for item in level:
            if id(item) in seen:
                continue
            seen.add(id(item))
            if isinstance(item, FunctionType):
                yield item
            following.extend(_parts(item))
        level = following


def _parts(obj: object) -> Iterator[object]:
    """What may hold the function under a wrapper; looked up without running the application's code."""
    kind = type(obj)
    if isinstance(obj, FunctionType):
        for cell in obj.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:
                continue
        yield from obj.__dict__.values()
    elif kind in (staticmethod, classmethod, MethodType):
        yield obj.__func__  # type: ignore[attr-defined]
    elif kind is property:
        yield from (obj.fget, obj.fset, obj.fdel)  # type: ignore[attr-defined]
    elif kind is functools.partial:
        yield obj.func  # type: ignore[attr-defined]
    elif (
        hasattr(kind, "__wrapped__")
        or isinstance(obj, functools.cached_property | functools.partialmethod)
        or (kind.__module__ != "builtins" and not isinstance(obj, type))
    ):
        yield from _instance_values(obj)


def _instance_values(obj: object) -> Iterator[object]:
    try:
        namespace = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return
    if type(namespace) is dict:
        yield from namespace.values()
