"""Letting a living class take over what running its whole statement made, when its making changed.

Bases, decorators, fields: metaclass and decorators run, and make a new class. The living one takes over its
attributes; what came from outside the body stays. Where that is impossible, the new class takes the place of
the old one (`layout`).
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from ..appup.definitions import Statement
from ..appup.diff import Change, Changed
from ..appup.scopes import MAKING
from ..appup.subclass_hooks import set_by_hook
from .abstract import refresh_abstract
from .class_changes import body_changes, bound_in, mangled, must_run
from .derived import new_attributes
from .functions import can_become, functions_under, same_definition
from .hierarchy import detach
from .journal import MISSING
from .kinds import Kind, kind_of
from .layout import can_hold, replace_class
from .living_values import LivingValues
from .module_run import ModuleRun
from .protocols import set_by_protocol
from .stamps import Stamp

__all__ = ["OWN", "become_class", "name_it", "note_attributes"]


# What belongs to a class object itself and is never handed from one to another.
_ALWAYS = frozenset(
    {"__doc__", "__annotations__", "__hash__", "__abstractmethods__", "_abc_impl", "__orig_bases__",
     "__parameters__", "__firstlineno__", "__static_attributes__", "__type_params__", "__match_args__"}
)  # fmt: skip
"""What making a class adds by itself: the new one has its own, or none."""

_PLAIN = (int, float, complex, str, bytes, type(None))

_MAY_GO = frozenset({"__annotations__", "__orig_bases__", "__parameters__"})
"""What a class has only if its statement asks for it."""

OWN = frozenset({"__dict__", "__weakref__", "__module__", "__qualname__", "__slots__", "__classcell__"})


def become_class(run: ModuleRun, old: type, new: type, older: Statement | None, newer: Statement) -> type:
    """The class that the name stands for after its statement ran: `old` if it can be in place, else `new`."""
    run.progress.dirty.add(f"{run.name}:{newer.binds[0]}.{MAKING}")
    run.progress.unset |= set_by_hook(older) - set_by_hook(newer)
    kind = kind_of(old)
    _keep_defaults(run, old, new, _clean_values(run, old, new, body_changes(older, newer)))
    if kind is not kind_of(new) or not can_hold(run.journal, old, new):
        replace_class(run, old, new)
        _stamp(run, old, older).keep_on(run.journal, new)
        _carry_over(run, kind, old, new, older, newer)
        if kind is kind_of(new):
            kind.fill(run.journal, new, kind.fields(old))
        note_attributes(run, new, older, newer)
        run.progress.superseded.append((old, new))
        return new
    run.journal.on_undo(lambda: detach(new))
    run.progress.taken_over.append(new)
    _take_over(run, kind, old, new, older, newer)
    note_attributes(run, old, older, newer)
    run.progress.superseded.append((new, old))
    return old


def _stamp(run: ModuleRun, old: type, older: Statement | None) -> Stamp:
    return Stamp(old, older.module if older else run.name, run.name)


def _take_over(
    run: ModuleRun, kind: Kind, old: type, new: type, older: Statement | None, newer: Statement
) -> None:
    changes, had_parameters = body_changes(older, newer), old.__dict__.get("__parameters__")
    clean, had, stamp = _clean_values(run, old, new, changes), kind.fields(old), _stamp(run, old, older)
    run.progress.gone += kind.gone(old, new)
    body = {mangled(new, name) for name in bound_in(newer)}
    lives = LivingValues(run.journal, new.__dict__, {name: old.__dict__[name] for name in clean})
    for name, made in list(new.__dict__.items()):
        if name in OWN or name in clean or name in kind.own or _is_unstamped(old, name):
            continue
        value = _inner_class(run, old, name, made, changes) if name in body else lives.inside(made)
        stamp.keep(run.journal, name, value)
        _take(run, old, new, name, value, written=name in body)
    had_bound = {mangled(old, name) for name in bound_in(older)}
    gone = {
        *had_bound,
        *kind.generated(old),
        *set_by_protocol(old),
        *run.progress.unset,
        *_MAY_GO,
        *run.again,
    }
    for name in list(old.__dict__):
        if name not in new.__dict__ and name in gone:
            run.journal.delete_class(old, name)
    _take_names(run, old, new, stamped=stamp.module is not None)
    run.journal.class_order(old, list(new.__dict__))
    kind.become(run.journal, old, new, had)
    refresh_abstract(run.journal, old)
    if had_parameters != old.__dict__.get("__parameters__"):
        _forget_aliases(run)


def _inner_class(run: ModuleRun, old: type, name: str, made: Any, changes: tuple[Change, ...]) -> Any:
    """What the attribute is to be: a class inside the class lives on, with its identity."""
    before = old.__dict__.get(name)
    if not (isinstance(before, type) and isinstance(made, type)):
        return made
    for change in changes:
        if change.old and change.new and change.new.is_class and change.new.binds == (name,):
            return become_class(run, before, made, change.old, change.new)
    return made


def _forget_aliases(run: ModuleRun) -> None:
    """`typing` keeps what `C[int]` made: of a generic class with other parameters that is another thing."""

    def forget() -> None:
        for clear in getattr(typing, "_cleanups", ()):
            clear()

    run.journal.on_undo(forget)
    forget()


def _carry_over(
    run: ModuleRun, kind: Kind, old: type, new: type, older: Statement | None, newer: Statement
) -> None:
    """A class that takes another's place gets what came to the other from outside, or lives on in it."""
    clean = _clean_values(run, old, new, body_changes(older, newer))
    bound = {mangled(old, name) for name in bound_in(older)}
    made = {*bound, *run.again, *kind.generated(old), *set_by_protocol(old), *kind.own, *OWN, *_ALWAYS}
    for name, value in old.__dict__.items():
        if _is_layout(value):
            continue  # a slot: the new class has its own
        if name in clean or (name not in made and name not in new.__dict__):
            run.journal.set_class(new, name, value)


def _is_layout(value: object) -> bool:
    return type(value).__name__ in ("member_descriptor", "getset_descriptor")


def _is_unstamped(cls: type, name: str) -> bool:
    """A class that a package stamped with its own name has lost its line (Python 3.13), for good."""
    return name == "__firstlineno__" and name not in cls.__dict__


def _clean_values(run: ModuleRun, old: type, new: type, changes: tuple[Change, ...]) -> set[str]:
    """Attributes whose statement did not change: values set from outside, or at run time, live on."""
    clean: set[str] = set()
    for change in changes:
        if change.new is None or change.new.is_function or not change.new.binds:
            continue
        kept = run.kept.issuperset(change.new.binds)
        if not kept and not run.again.isdisjoint(change.new.binds):
            continue
        if kept or (change.how is Changed.SAME and not must_run(run, old, change)):
            names = (mangled(old, name) for name in change.new.binds)
            clean.update(name for name in names if name in old.__dict__)
    return clean - {name for name in clean if _is_alias(old, new, name, clean)}


def _keep_defaults(run: ModuleRun, old: type, new: type, clean: set[str]) -> None:
    """Attributes that live on stay the very defaults of fields and parameters that they were."""
    kept = {id(made): (made, value) for made, value in _kept_defaults(old, new, clean)}
    run.progress.superseded += kept.values()
    functions = (value for value in new.__dict__.values() if type(value) is FunctionType)
    for defaults in (function.__kwdefaults__ or {} for function in functions):
        for name in [name for name, default in defaults.items() if id(default) in kept]:
            defaults[name] = kept[id(defaults[name])][1]  # the collector may not know such a dictionary


def _kept_defaults(old: type, new: type, clean: set[str]) -> Iterator[tuple[object, object]]:
    """Attributes that live on and are defaults of fields or parameters: these have the new objects, each told
    with the one that stands for it.
    """
    before, after = list(_defaults(old)), dict(_defaults(new))
    for place, value in before:
        made = after.get(place)
        if made is value or type(made) is not type(value) or isinstance(value, _PLAIN):
            continue
        if any(old.__dict__[name] is value and new.__dict__.get(name) is made for name in clean):
            yield made, value


def _defaults(cls: type) -> Iterator[tuple[tuple[str, object], object]]:
    """The defaults of a dataclass's fields and of the parameters of its methods, by where they are."""
    for name, field in cls.__dict__.get("__dataclass_fields__", {}).items():
        yield ("__dataclass_fields__", name), field.default
    for name, value in list(cls.__dict__.items()):
        if type(value) is FunctionType:
            yield from (((name, at), default) for at, default in enumerate(value.__defaults__ or ()))
            yield from (((name, key), default) for key, default in (value.__kwdefaults__ or {}).items())


def _is_alias(old: type, new: type, name: str, clean: set[str]) -> bool:
    """True when the attribute is, in both classes, another one that is not clean: `alias = method`."""
    before, after = old.__dict__[name], new.__dict__.get(name, MISSING)
    others = (other for other, value in new.__dict__.items() if value is after and other not in clean)
    return any(old.__dict__.get(other, MISSING) is before for other in others)


def _take(run: ModuleRun, old: type, new: type, name: str, value: Any, *, written: bool) -> None:
    """Give `old` one attribute of `new`; functions that the body defines (`written`) keep their identity."""
    before = old.__dict__.get(name, MISSING)
    if before is value or _is_layout(value):
        return
    if type(value) is FunctionType:
        _point_cell(run, value, new, old)
        if written and same_definition(before, value) and can_become(before, value.__code__):
            run.redefine(before, value, value.__code__)
            run.progress.superseded.append((value, before))  # in a table that making the class has filled
            return
    else:
        for function in functions_under(value):
            _point_cell(run, function, new, old)
    run.journal.set_class(old, name, value)
    name_it(value, old, name)
    if type(value) is not FunctionType:
        run.mark_dirty(f"{old.__qualname__}.{name}")


def _point_cell(run: ModuleRun, function: FunctionType, new: type, old: type) -> None:
    """Zero-argument `super()` finds its class in the cell `__class__`, shared by the methods of a body."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name == "__class__" and cell.cell_contents is new:
            run.journal.set_attribute(cell, "cell_contents", old)


def _take_names(run: ModuleRun, old: type, new: type, *, stamped: bool) -> None:
    """The module that somebody stamped on the class stays, as long as the class is found there."""
    if old.__module__ != new.__module__ and not stamped:
        run.journal.set_class(old, "__module__", new.__module__)
    if old.__qualname__ != new.__qualname__:
        before = old.__qualname__
        run.journal.on_undo(lambda: setattr(old, "__qualname__", before))
        type.__setattr__(old, "__qualname__", new.__qualname__)
    if old.__name__ != new.__name__:
        name = old.__name__
        run.journal.on_undo(lambda: setattr(old, "__name__", name))
        type.__setattr__(old, "__name__", new.__name__)


def note_attributes(run: ModuleRun, cls: type, older: Statement | None, newer: Statement) -> None:
    gained = new_attributes(cls, run.namespace, older, newer)
    if gained is not None:
        run.progress.gained.append(gained)


def name_it(value: Any, cls: type, name: str) -> None:
    """`__set_name__`, which making the class would have called."""
    hook = getattr(type(value), "__set_name__", None)
    if hook is not None:
        hook(value, cls, name)
