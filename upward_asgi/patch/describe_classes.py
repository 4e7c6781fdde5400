"""Classes in words: their bases, their tables, and what dataclasses, enums and pydantic keep there."""

from __future__ import annotations

import _abc  # type: ignore[import-not-found]
import enum
from collections.abc import Iterator

from .describe_functions import Fact, Part
from .describe_names import Names
from .describe_static import attributes, class_name, is_class, mro, namespace, of_kind
from .describe_texts import Texts

__all__ = ["class_parts", "enum_member"]

_SKIPPED = frozenset(
    (
        "__dict__",
        "__weakref__",
        "__module__",
        "__qualname__",
        "_abc_impl",
        "__annotations_cache__",
        "__pydantic_parent_namespace__",  # the frame in which the class was made
        "__pydantic_serializer__",  # opaque, made from the core schema
        "__pydantic_validator__",
    )
)
_SHARED = frozenset(("__replace__",))
"""One function of attrs that all its classes have, and that says it is of the class made last."""
_SCHEMAS = frozenset(("__pydantic_core_schema__", "__pydantic_generic_metadata__"))
"""Tables so deep that their digest is all that is shown."""


def class_parts(cls: type, names: Names, texts: Texts) -> Iterator[Part]:
    """What a class of the application consists of."""
    yield ".metaclass", Fact(texts.cls(type(cls)))
    yield ".name", Fact(names.claim(cls))
    yield ".size", Fact(f"{type.__dict__['__basicsize__'].__get__(cls)}")
    for number, base in enumerate(type.__dict__["__bases__"].__get__(cls)):
        yield f".bases[{number}]", Fact(texts.cls(base))
    yield ".mro", Fact(", ".join(class_name(base) for base in mro(cls)))
    children: list[type] = type.__subclasses__(cls)
    subclasses = (texts.cls(sub) for sub in children if names.is_app_class(sub))
    # Classes that nothing but garbage holds (dataclass(slots=True) makes them) come and go.
    yield ".subclasses", Fact(texts.plain(", ".join(sorted(s for s in subclasses if s.startswith("ref ")))))
    registered = _registered(cls, texts)
    if registered:
        yield ".registered", Fact(registered)
    yield from _members(cls)
    skipped = _SKIPPED | _SHARED if "__attrs_attrs__" in namespace(cls) else _SKIPPED
    for name, value in namespace(cls).items():
        if name not in skipped:
            yield f".{name}", Fact(texts.schema(value)) if name in _SCHEMAS else value


def _registered(cls: type, texts: Texts) -> str:
    """The classes that were registered with an abstract base class."""
    if "_abc_impl" not in namespace(cls):
        return ""
    try:
        references = _abc._get_dump(cls)[0]
    except TypeError:  # a pure Python ABCMeta, or an `_abc_impl` of another kind
        return ""
    return ", ".join(sorted(texts.cls(sub) for sub in (ref() for ref in references) if is_class(sub)))


def _members(cls: type) -> Iterator[Part]:
    """The members of an enum by value; their order is in `_member_names_`."""
    table = namespace(cls).get("_member_map_")
    if type(table) is not dict or not of_kind(cls, enum.EnumMeta):
        return
    for name, member in table.items():
        for attribute, value in attributes(member).items():
            if attribute not in ("__objclass__", "_name_", "_sort_order_"):
                yield f".members.{name}.{attribute}", value


def enum_member(value: object, texts: Texts) -> str | None:
    """An enum member by name, with the check that it is the one its class has; None for anything else."""
    cls = type(value)
    if not of_kind(cls, enum.EnumMeta):
        return None
    held = attributes(value)
    name = held.get("_name_")
    table = namespace(cls).get("_member_map_")
    if type(name) is not str or type(table) is not dict:
        return f"flag {texts.brief(held.get('_value_'))} of {texts.cls(cls)}"
    word = "member" if table.get(name) is value else "detached member"
    return f"{word} {name} of {texts.cls(cls)}"
