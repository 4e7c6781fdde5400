"""From the old state to the new one: who knows how, and what is done when nobody does.

In this order: the `code_change` of the object that keeps the state (a `LiveSession`, an endpoint); a function
registered with `@code_change(StateType)`; else fields that appeared with a default are filled in
(dataclass, pydantic, attrs), and everything else is left untouched.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CodeType
from typing import Protocol, TypeVar

from packaging.version import Version

from .functions import function_now
from .session import Session, name_of_type

__all__ = ["Change", "Changes", "application_changes", "code_change"]


class StateChange(Protocol):
    """A `code_change` for states of one type: gets the old state, returns the new one."""

    def __call__(self, old_vsn: Version, state: object, extra: object, /) -> object: ...


Change = Callable[[Version, object, object], object]
F = TypeVar("F", bound=Callable[..., object])

_BY_TYPE: dict[str, Callable[..., object]] = {}
_BY_APPLICATION: list[tuple[object, Callable[..., object]]] = []


def code_change(subject: object) -> Callable[[F], F]:
    """Register the decorated function as the `code_change` of a state type, or of an application object.

    For a type: `(old_vsn, state, extra) -> new state`; the type may be one of a dependency. For an
    application: `(app, old_vsn, new_vsn)`, called once in the transaction. A later registration for the
    same type replaces the earlier one. Types are known by their name, so a class that a patch makes anew
    keeps its `code_change`. Source of the idea: OTP's `code_change/3`.
    """

    def register(function: F) -> F:
        if isinstance(subject, type):
            _BY_TYPE[name_of_type(subject)] = function
        else:
            _BY_APPLICATION[:] = [(app, f) for app, f in _BY_APPLICATION if f is not function]
            _BY_APPLICATION.append((subject, function))
        return function

    return register


def application_changes() -> tuple[tuple[object, Callable[..., object]], ...]:
    """The registered `code_change` functions of application objects that the running release still has."""
    # The registry is not part of a patch's journal: a function that a patch has deleted is recognised here.
    return tuple((app, function) for app, function in _BY_APPLICATION if function_now(function) is not None)


class Changes:
    """The user's `code_change` of many sessions; looked up once for each type, so make one per upgrade."""

    def __init__(self) -> None:
        self._of_type: dict[type, Change | None] = {}
        self._of_holder: dict[type, bool] = {}
        self._uses_holder: dict[type, bool] = {}

    def of(self, session: Session, state: object) -> Change | None:
        """The `code_change` for this session's state; None when there is none."""
        holder = session.holder
        if holder is not None:
            kept_by = type(holder)
            if kept_by not in self._of_holder:
                own = getattr(kept_by, "code_change", None)
                self._of_holder[kept_by] = own is not None and not getattr(own, "upward_default", False)
            if self._of_holder[kept_by]:
                return holder.code_change  # type: ignore[attr-defined, no-any-return]
        kind = type(state)
        if kind not in self._of_type:
            self._of_type[kind] = _registered(kind)
        return self._of_type[kind]

    def is_simple(self, kind: type) -> bool:
        """True for holders with a `code_change` of their own that does not even look at `self`."""
        if kind not in self._of_holder:
            own = getattr(kind, "code_change", None)
            self._of_holder[kind] = own is not None and not getattr(own, "upward_default", False)
        return self._of_holder[kind] and not self.uses_holder(kind)

    def uses_holder(self, kind: type) -> bool:
        """False when the `code_change` of these holders does not even look at `self`."""
        found = self._uses_holder.get(kind)
        if found is None:
            found = self._uses_holder[kind] = _uses_self(getattr(kind, "code_change", None))
        return found


def _uses_self(function: object) -> bool:
    """True unless the function's own code cannot reach its first argument."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not code.co_argcount:
        return True
    itself = code.co_varnames[0]
    if not _ROUNDABOUT.isdisjoint(code.co_names) or itself in code.co_cellvars:
        return True
    named = (step.argval for step in dis.get_instructions(code))
    return any(itself in name if isinstance(name, tuple) else itself == name for name in named)


_ROUNDABOUT = frozenset({"super", "locals", "vars", "eval", "exec", "_getframe", "currentframe"})
"""Names by which a function gets at its arguments without naming them."""


def _registered(kind: type) -> Change | None:
    for base in kind.__mro__:
        function = _BY_TYPE.get(name_of_type(base))
        if function is not None and function_now(function) is not None:
            return function
    return None
