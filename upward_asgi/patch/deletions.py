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
    if attribute:
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


def forget_removed(journal: Journal, modules: Mapping[str, ModuleType], removed: Iterable[object]) -> None:
    """Take removed functions and classes out of the tables that their decorators or metaclass put them in."""
    names = set(modules)
    gone = {id(part) for item in removed for part in _itself(item, names)}
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


def _itself(item: Any, modules: set[str]) -> list[object]:
    """The definition and what its decorators made of it; nothing for what was only imported or aliased."""
    if isinstance(item, type | FunctionType):
        return [item] if item.__module__ in modules else []
    return [f for f in functions_under(item) if f.__module__ in modules]
