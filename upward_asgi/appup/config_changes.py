"""What a release does to the application's settings, as far as the sources tell: for the plan.

The settings are where `[tool.upward]` says: the upper-case names of a module, the fields of an object. An
object that the release does not make anew keeps the values that it has, and gains the fields that are new.
What an upgrade really did, values from the environment included, is in its report.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .attributes import assigned_in, init_of
from .definitions import Statement, assigned_value, text_of
from .fields import items, malformed, mapping
from .instructions import Instruction, RebindImporter, ReplaceDefinition
from .names import dotted_names
from .scopes import Scopes
from .settings import Settings
from .trees import Tree

__all__ = ["ConfigChanges", "config_changes"]


@dataclass(frozen=True, slots=True)
class ConfigChanges:
    """The names of settings, each list in order: `LIMIT`, `options.region`."""

    changed: tuple[str, ...] = ()
    """Made anew, perhaps with the value that they had."""
    new: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.new or self.removed)

    def merged(self, *others: ConfigChanges) -> ConfigChanges:
        """These and those of further hops."""
        every = (self, *others)
        return ConfigChanges(
            _sorted(name for one in every for name in one.changed),
            _sorted(name for one in every for name in one.new),
            _sorted(name for one in every for name in one.removed),
        )

    def to_json(self) -> dict[str, object]:
        """The names as plain JSON values, as the report of an operation has them."""
        return {"changed": list(self.changed), "new": list(self.new), "removed": list(self.removed)}

    @classmethod
    def from_json(cls, data: object) -> ConfigChanges:
        """What `to_json` wrote; none where nothing is there. Raises `InternalError`."""
        fields = {} if data is None else mapping(data, "config")
        return cls(*(_names(fields, kind) for kind in ("changed", "new", "removed")))


def config_changes(old: Tree, new: Tree, settings: Settings, planned: Sequence[Instruction]) -> ConfigChanges:
    """What the way from `old` to `new` does to the settings that the release's `config_change` is told of."""
    if settings.config_change is None:
        return ConfigChanges()
    again, surely = _made_again(planned), _made_again([s for s in planned if not getattr(s, "when", ())])
    before, after = Scopes(old), Scopes(new)
    found = (
        _fields_at(place, before, after, surely) if ":" in place else _names_at(place, before, after, again)
        for place in settings.config_places
    )
    return ConfigChanges().merged(*found)


def _names_at(module: str, old: Scopes, new: Scopes, again: frozenset[str]) -> ConfigChanges:
    before, after = _upper_case(old, module), _upper_case(new, module)
    changed = (one for one in before & after if f"{module}:{one}" in again)
    return ConfigChanges(_sorted(changed), _sorted(after - before), _sorted(before - after))


def _fields_at(place: str, old: Scopes, new: Scopes, again: frozenset[str]) -> ConfigChanges:
    """`again`: what is made anew whatever the live process holds; a class is patched under its instances."""
    module, _, name = place.partition(":")
    was, fields = dict(_fields(old, module, name)), dict(_fields(new, module, name))
    added = _sorted(f"{name}.{one}" for one in fields.keys() - was.keys())
    if again.isdisjoint(new.resolve(module, name)):
        return ConfigChanges(new=added)  # the object lives on, with all that it has
    changed = (f"{name}.{one}" for one in fields.keys() & was.keys() if fields[one] != was[one])
    gone = (f"{name}.{one}" for one in was.keys() - fields.keys())
    return ConfigChanges(_sorted(changed), added, _sorted(gone))


def _made_again(planned: Sequence[Instruction]) -> frozenset[str]:
    steps = (step for step in planned if isinstance(step, ReplaceDefinition | RebindImporter))
    return frozenset(f"{step.module}:{name}" for step in steps for name in step.binds)


def _upper_case(scopes: Scopes, module: str) -> set[str]:
    if module not in scopes.tree:
        return set()
    names = {name for statement in scopes.statements(module) for name in statement.binds}
    return {name for name in names if name.isupper() and name[0] != "_"}


def _fields(scopes: Scopes, module: str, name: str) -> Iterator[tuple[str, str]]:
    """The fields of an object that a module binds, each with the text that its value comes from."""
    for statement in _binding(scopes, module, name):
        value = assigned_value(statement.node)
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            yield from ((str(k.value), text_of(v)) for k, v in pairs if isinstance(k, ast.Constant))
        elif isinstance(value, ast.Call):
            for class_name in dotted_names(value.func):
                yield from _class_fields(scopes, statement.module, class_name, frozenset())
            yield from ((one.arg, text_of(one.value)) for one in value.keywords if one.arg)


def _class_fields(scopes: Scopes, module: str, name: str, seen: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What an instance comes to have: annotated fields, and what `__init__` sets; of the bases first."""
    for statement in _binding(scopes, module, name):
        node = statement.node
        here = f"{statement.module}:{name}"
        if not isinstance(node, ast.ClassDef) or here in seen:
            continue
        for base in node.bases:
            for base_name in dotted_names(base):
                yield from _class_fields(scopes, statement.module, base_name, seen | {here})
        for inner in statement.body:
            if isinstance(inner.node, ast.AnnAssign) and "ClassVar" not in inner.text:
                yield from ((one, inner.text) for one in inner.binds if one[0] != "_")
        init = init_of(statement)
        set_there = () if init is None else assigned_in(init)
        yield from ((one, text_of(value)) for one, value in set_there if one[0] != "_")


def _binding(scopes: Scopes, module: str, dotted: str) -> Iterator[Statement]:
    """The statements that bind what `dotted` stands for in a module, imports followed."""
    for definition in sorted(scopes.resolve(module, dotted)):
        home, _, name = definition.partition(":")
        if home in scopes.tree:
            yield from (one for one in scopes.binding(home, name) if not one.is_import)


def _names(fields: Mapping[str, object], kind: str) -> tuple[str, ...]:
    found = items(fields, kind, "config")
    if not all(isinstance(name, str) for name in found):
        raise malformed(f"config.{kind} as names", list(found))
    return tuple(str(name) for name in found)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
