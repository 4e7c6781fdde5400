"""Definitions that the new release does not have: they go, and so do their entries in registries."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from ..appup.trees import Module
from .functions import functions_under
from .journal import MISSING, Journal
from .state import containers

__all__ = ["delete_definition", "drop_superseded", "forget_removed"]


def delete_definition(journal: Journal, live: ModuleType, new: Module, name: str) -> Any:
    """Delete `name`, or `Class.attribute`, from a live module; returns what the name stood for."""
    owner, _, attribute = name.partition(".")
    if attribute and name not in live.__dict__:
        cls = live.__dict__.get(owner)
        if isinstance(cls, type):
            journal.delete_class(cls, attribute)
        elif isinstance(cls, FunctionType):
            journal.delete_item(cls.__dict__, attribute)
        return MISSING
    if name == "__doc__":
        journal.set_item(live.__dict__, name, None)
        return MISSING
    value = live.__dict__.get(name, MISSING)
    if value is MISSING or _is_submodule(live, name, value):
        return MISSING
    journal.delete_item(live.__dict__, name)
    annotations = live.__dict__.get("__annotations__")
    if type(annotations) is dict:
        journal.delete_item(annotations, name)
    return value


def _is_submodule(live: ModuleType, name: str, value: object) -> bool:
    """The import system made it an attribute, not the statement that is gone."""
    return isinstance(value, ModuleType) and sys.modules.get(f"{live.__name__}.{name}") is value


def forget_removed(
    journal: Journal, modules: Mapping[str, ModuleType], removed: Iterable[tuple[str, object]]
) -> None:
    """Take removed functions and classes out of the tables that their decorators or metaclass put them in.

    `removed` are the values of deleted names, with the module that had them.
    """
    gone = {id(part) for module, item in removed for part in _defined(item, modules.get(module))}
    if not gone:
        return
    for container in list(containers(module.__dict__ for module in modules.values())):
        if isinstance(container, dict):
            for name in [k for k, v in dict.items(container) if id(v) in gone or id(k) in gone]:
                journal.delete_item(container, name)
        elif isinstance(container, list | set) and any(id(item) in gone for item in container):
            journal.contents(container)
            kept = [item for item in container if id(item) not in gone]
            container.clear()
            (container.extend if isinstance(container, list) else container.update)(kept)


def drop_superseded(
    journal: Journal, modules: Mapping[str, ModuleType], superseded: Iterable[tuple[object, object]]
) -> None:
    """A decorator that ran again registered the new object; what it had registered under another key goes."""
    pairs = {id(new): id(old) for new, old in superseded if isinstance(new, FunctionType)}
    if not pairs:
        return
    for container in list(containers(module.__dict__ for module in modules.values())):
        if isinstance(container, dict):
            stale = {pairs[id(value)] for value in dict.values(container) if id(value) in pairs}
            for name in [k for k, v in dict.items(container) if id(v) in stale]:
                journal.delete_item(container, name)


def _defined(item: Any, module: ModuleType | None) -> list[object]:
    """The definition that went with its name, and what its decorators made of it.

    Nothing for a name that only stood for something: what was imported is defined elsewhere, and what had
    another name besides is still there.
    """
    if module is None:
        return []
    parts = [item] if isinstance(item, type | FunctionType) else list(functions_under(item))
    return [part for part in parts if part.__module__ == module.__name__ and not _at_home(part, module)]


def _at_home(part: Any, module: ModuleType) -> bool:
    """True when the module still has it where its qualified name says."""
    found: Any = module
    for name in part.__qualname__.split("."):
        found = getattr(found, "__dict__", {}).get(name, MISSING)
    return found is part or any(inner is part for inner in functions_under(found))
