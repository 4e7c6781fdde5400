"""What an upgrade does to the application's settings: which changed, came and went, for its `config_change`.

Compared are values in the living process, before and after the patch: the upper-case names of a module, or
the fields of an object. A field that is new in an object gets the value that a fresh one would have, so that
it comes from the new code and from the environment as it is now. Source of the idea: OTP's `config_change/3`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from ..errors import CodeChangeError

if TYPE_CHECKING:
    from ..appup import Settings

__all__ = ["Difference", "Watch", "difference"]

_COPIED = (dict, list, set)
Undo = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What `config_change` is called with."""

    changed: Mapping[str, object] = field(default_factory=dict)
    """The new values of settings that were there before."""
    new: Mapping[str, object] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.new or self.removed)

    def to_json(self) -> dict[str, object]:
        """The names alone, as the report shows them: a value may be a secret."""
        return {"changed": sorted(self.changed), "new": sorted(self.new), "removed": list(self.removed)}


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> Difference:
    """From one set of values to another."""
    return Difference(
        {key: after[key] for key in after if key in before and not _same(before[key], after[key])},
        {key: after[key] for key in after if key not in before},
        tuple(sorted(key for key in before if key not in after)),
    )


class Watch:
    """The settings of one hop, looked at before its patch and after it."""

    def __init__(self, settings: Settings) -> None:
        self._function = settings.config_change
        self._targets = settings.config_places
        self._before = self._values()
        self._undo: list[Undo] = []

    def __bool__(self) -> bool:
        """True when the release wants to know."""
        return self._function is not None

    def tell(self) -> Difference:
        """Call the application's `config_change` if anything is different; returns what is."""
        found = difference(self._before, self._values())
        for target in self._targets:
            self._undo += _fill(target, found.new)
        found = difference(self._before, self._values())
        if found and self._function is not None:
            _look_up(self._function)(dict(found.changed), dict(found.new), list(found.removed))
        return found

    def undo(self) -> None:
        """Take back the values of new fields; what the application's function did is its own."""
        while self._undo:
            self._undo.pop()()

    def _values(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for target in self._targets:
            found |= _values_of(target)
        return found


def _values_of(target: str) -> dict[str, object]:
    """The values of a module's upper-case names, or of the fields of an object as `object.field`."""
    module_name, _, name = target.partition(":")
    module = sys.modules.get(module_name)
    if module is None:
        return {}
    if not name:
        return {key: _copied(value) for key, value in vars(module).items() if key.isupper() and key[0] != "_"}
    fields = _fields_of(getattr(module, name, None))
    return {f"{name}.{key}": _copied(value) for key, value in fields.items() if key[0] != "_"}


def _fields_of(settings: object) -> dict[str, object]:
    found = settings if isinstance(settings, dict) else getattr(settings, "__dict__", {})
    return {key: value for key, value in found.items() if isinstance(key, str) and key}


def _fill(target: str, new: Iterable[str]) -> list[Undo]:
    """Give the new fields of an object the values that a fresh one has; nothing where none can be made."""
    module, _, name = target.partition(":")
    settings = getattr(sys.modules.get(module), name, None) if name else None
    keys = [key.partition(".")[2] for key in new if key.startswith(f"{name}.")]
    if settings is None or isinstance(settings, dict) or not keys:
        return []
    try:
        fresh = _fields_of(type(settings)())
    except TypeError:  # its constructor wants arguments, which nobody here knows
        return []
    undo: list[Undo] = []
    for key in keys:
        if key in fresh:
            undo.append(_setter(settings, key, settings.__dict__[key]))
            settings.__dict__[key] = fresh[key]
    return undo


def _setter(settings: object, key: str, value: object) -> Undo:
    return lambda: settings.__dict__.__setitem__(key, value)


def _look_up(function: str) -> Callable[..., object]:
    module, _, name = function.partition(":")
    found = getattr(import_module(module), name, None)
    if callable(found):
        return found  # type: ignore[no-any-return]
    raise CodeChangeError(
        expected=f"the function {function} that [tool.upward] names as config_change",
        got="nothing callable of that name",
        do="correct the name in pyproject.toml and release again",
    )


def _copied(value: object) -> object:
    """A container as it is now: it may be changed in place."""
    return type(value)(value) if type(value) in _COPIED else value  # type: ignore[call-arg]


def _same(old: object, new: object) -> bool:
    if old is new:
        return True
    try:
        return type(old) is type(new) and bool(old == new)
    except Exception:  # an equality of the application's own that raises: then it is not the same
        return False
