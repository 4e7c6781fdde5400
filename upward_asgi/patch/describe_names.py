"""Which name an object goes by: the identities across modules that the equality proof compares.

A function or class *lives at* the place that its `__module__` and `__qualname__` name, if it is what is found
there. One that is not found there is a detached copy: what a from-import that was not bound again,
or a registry that kept an old class, looks like. Any other object goes by the first module-level name it has.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import TypeGuard

from .describe_static import (
    attributes,
    class_module,
    class_name,
    is_class,
    is_function,
    module_namespace,
    namespace,
    of_kind,
)

__all__ = ["Names"]

_INNER = ("__func__", "fget", "fset", "fdel", "__wrapped__", "func")
"""Where a wrapper holds what it wraps; the describer's paths go on with the same words."""
_STEPS = 6


class Names:
    """The names that the objects of these modules go by."""

    def __init__(self, modules: Mapping[str, types.ModuleType]) -> None:
        self._modules = modules
        self._is_app: dict[str, bool] = {}
        self._tops = {name.partition(".")[0] for name in modules}
        self._spaces = {name: module_namespace(module) for name, module in modules.items()}
        self._globals = {id(space): name for name, space in self._spaces.items()}
        self._places: dict[int, str | None] = {}
        self._bound: dict[int, str] = {}
        self._alive: list[object] = []

    def bind(self, path: str, value: object) -> None:
        """Note that `value` is bound to this module-level name; the first name counts."""
        self._bound.setdefault(id(value), path)

    def of(self, value: object) -> str | None:
        """The path that the object goes by, None when it has no name of its own."""
        path = self._bound.get(id(value))
        if path is None and self.defined(value):
            return self.place(value)
        return path

    def is_app(self, module: str) -> bool:
        """True for a module of the application."""
        known = self._is_app.get(module)
        if known is None:
            known = self._is_app[module] = module.partition(".")[0] in self._tops
        return known

    def is_app_class(self, cls: type) -> bool:
        """True for a class that is the application's own."""
        return self.is_app(class_module(cls))

    def is_app_function(self, function: types.FunctionType) -> bool:
        """True for a function whose code or name is the application's own."""
        return id(function.__globals__) in self._globals or self.is_app(_module_of(function))

    def defined(self, value: object) -> TypeGuard[types.FunctionType | type]:
        """True for functions and classes of the application: they say where they live."""
        if is_function(value):
            return self.is_app_function(value)
        return is_class(value) and self.is_app_class(value)

    def module_of_globals(self, function: types.FunctionType) -> str | None:
        """The module whose namespace the function reads, None when it has a namespace of its own."""
        return self._globals.get(id(function.__globals__))

    def claim(self, value: types.FunctionType | type) -> str:
        """Where a function or class says that it lives."""
        if is_function(value):
            return f"{_module_of(value)}:{value.__qualname__}"
        assert is_class(value)
        return f"{class_module(value)}:{class_name(value)}"

    def found_elsewhere(self, value: types.FunctionType | type) -> bool:
        """True when something else is found where the function or class says that it lives."""
        module, _, name = self.claim(value).partition(":")
        return self._find(module, name) is not None

    def place(self, value: types.FunctionType | type) -> str | None:
        """Where the function or class lives, None when it is not what is found there."""
        key = id(value)
        if key not in self._places:
            self._alive.append(value)  # an id may not be used again while it stands in the table
            self._places[key] = self._search(value)
        return self._places[key]

    def _search(self, value: types.FunctionType | type) -> str | None:
        module, _, name = self.claim(value).partition(":")
        found = self._find(module, name)
        path = f"{module}:{name}"
        if found is value:
            return path
        return next((path + inner for inner, held in _wrapped(found) if held is value), None)

    def _find(self, module: str, name: str) -> object:
        space: Mapping[str, object] | None = self._spaces.get(module)
        found: object = None
        owner = ""
        for part in name.split("."):
            if space is None:
                return None
            found = space.get(part, space.get(f"_{owner.lstrip('_')}{part}"))
            space = namespace(found) if is_class(found) else None
            owner = part
        return found


def _module_of(function: types.FunctionType) -> str:
    name: object = function.__module__
    return name if isinstance(name, str) else ""


def _wrapped(found: object, path: str = "", steps: int = _STEPS) -> Iterator[tuple[str, object]]:
    if found is None or steps == 0:
        return
    for name, held in _held(found):
        yield f"{path}.{name}", held
        yield from _wrapped(held, f"{path}.{name}", steps - 1)


def _held(found: object) -> Iterator[tuple[str, object]]:
    if is_function(found):
        if "__wrapped__" in found.__dict__:
            yield "__wrapped__", found.__dict__["__wrapped__"]
        return
    if of_kind(found, type, types.ModuleType, str, int):
        return
    held = attributes(found)
    for name in _INNER:
        if held.get(name) is not None:
            yield name, held[name]
