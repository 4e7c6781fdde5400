"""pydantic v2 models: the core schema embeds the class, so it is built again for the live one.

The live class takes over the fields and validators of the new one and is rebuilt in place
(`model_rebuild(force=True)`, https://docs.pydantic.dev/latest/api/base_model/); models that nest it are
rebuilt too. Live instances get the defaults of fields that are new. pydantic is never imported from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...appup.diff import Change
from ..hierarchy import with_subclasses
from ..journal import Journal
from .filling import FieldDefault, fill_instances
from .kind import Kind, is_field_or_decorated
from .pydantic_building import build_schemas

__all__ = ["KIND"]

_BUILT = frozenset(
    {
        "__pydantic_core_schema__", "__pydantic_validator__", "__pydantic_serializer__",
        "__pydantic_complete__", "__pydantic_decorators__", "__pydantic_parent_namespace__", "__signature__",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Model(Kind):
    own: frozenset[str] = _BUILT

    def applies(self, cls: type) -> bool:
        return "__pydantic_core_schema__" in cls.__dict__ and hasattr(cls, "model_rebuild")

    def shapes(self, change: Change) -> bool:
        return is_field_or_decorated(change)

    def fields(self, cls: type) -> frozenset[str]:
        return frozenset(cls.__dict__.get("__pydantic_fields__", ()))

    def become(self, journal: Journal, old: type, new: type, had: frozenset[str]) -> None:
        _remember(journal, old)
        type.__setattr__(old, "__pydantic_decorators__", _rebound(new, old))
        dependent = _nesting(old)
        for one in dependent:
            _remember(journal, one)
        build_schemas((old, *dependent))
        fields = old.__dict__["__pydantic_fields__"]
        defaults = (_default(name, field) for name, field in fields.items())
        # A dump shows what is held, as it is; one of the fields that were given must find them all.
        fill_instances(journal, old, defaults, had, shape=_fields_of, given="__pydantic_fields_set__")

    def settle(self, journal: Journal, cls: type) -> None:
        models = (cls, *_nesting(cls))
        if not all(model.__dict__["__pydantic_complete__"] for model in models):
            for model in models:
                _remember(journal, model)
            build_schemas(models)


KIND = _Model()


def _rebound(new: Any, old: type) -> Any:
    """The validators and serializers of the new class, bound to the live one."""
    infos = new.__dict__["__pydantic_decorators__"]
    for group in (getattr(infos, name) for name in infos.__dataclass_fields__):
        if isinstance(group, dict):
            for name, decorator in group.items():
                if hasattr(decorator, "build"):
                    kept = {
                        "cls_var_name": decorator.cls_var_name,
                        "shim": decorator.shim,
                        "info": decorator.info,
                    }
                    group[name] = type(decorator).build(old, **kept)
    return infos


def _remember(journal: Journal, cls: type) -> None:
    before = {name: cls.__dict__[name] for name in _BUILT if name in cls.__dict__}
    journal.on_undo(lambda: _restore(cls, before))


def _restore(cls: type, before: dict[str, Any]) -> None:
    for name in _BUILT:
        if name in before:
            type.__setattr__(cls, name, before[name])
        elif name in cls.__dict__:
            type.__delattr__(cls, name)


def _nesting(model: type) -> list[Any]:
    """Models whose fields mention the model, directly or through another, and its subclasses."""
    root = next(c for c in model.__mro__[::-1] if "model_rebuild" in c.__dict__)
    everyone = [
        c
        for c in with_subclasses(root)
        if c is not root and c is not model and "__pydantic_core_schema__" in c.__dict__
    ]
    found: list[Any] = []
    wanted = {model}
    while fresh := [c for c in everyone if c not in wanted and _mentions(c, wanted)]:
        found.extend(fresh)
        wanted.update(fresh)
    return found


def _mentions(cls: Any, wanted: set[type]) -> bool:
    if not wanted.isdisjoint(cls.__mro__[1:]):
        return True
    fields = cls.__dict__.get("__pydantic_fields__", {})
    return any(_in_annotation(field.annotation, wanted) for field in fields.values())


def _in_annotation(annotation: Any, wanted: set[type]) -> bool:
    if isinstance(annotation, type) and annotation in wanted:
        return True
    return any(_in_annotation(part, wanted) for part in getattr(annotation, "__args__", ()))


def _fields_of(instance: Any) -> Iterable[str]:
    fields: Iterable[str] = type(instance).__pydantic_fields__
    return fields


def _default(name: str, field: Any) -> FieldDefault:
    """pydantic keeps defaults on the instances: those that were made before get the new ones."""
    if field.is_required():
        return FieldDefault(name, None)
    return FieldDefault(name, lambda instance: field.get_default(call_default_factory=True))
