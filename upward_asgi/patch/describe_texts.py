"""Values in words: the same words in another process, under another hash seed, from another folder.

`leaf` is the whole description of a value that has no parts worth a path of their own; `brief` puts any
value into one line, for places where an order must be found first (sets) or a path would be too much.
"""

from __future__ import annotations

import collections
import contextvars
import gc
import hashlib
import operator
import re
import sys
import types
import typing
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from .core_schemas import canonical
from .describe_names import Names
from .describe_static import (
    attributes,
    class_module,
    class_name,
    is_class,
    is_function,
    is_module,
    items_of,
    module_namespace,
    mro,
    of_kind,
    standard,
)

__all__ = ["IN_ORDER", "LONG", "ROOT", "SAME_AS", "Texts", "digest", "shown_inside"]

LONG = 400
"""Characters from which on a text is cut and ends with its digest."""
SAME_AS = "same as "
"""Begins what is said of an object that is described at another path."""
ROOT = "<root>"
"""Stands for the folder of the release."""
IN_ORDER = ", in the order "
"""Stands between what the keys of a table are and how they are ordered."""
_NODES = 200
"""Values that one brief text shows before it says no more."""
_OF_ELEMENT = 50
"""Of those, what an element of a set may show at most."""
_DEEP = 7
_ADDRESS = re.compile(r"(?<=at )0x[0-9a-fA-F]+|(?<=[\w\]]:)\d{8,}(?!\d)")
_NUMBERED = re.compile(r"(?<= at )0x[0-9a-f]{6,}|(?<=^')[\w.]+\.\w+:\d{12,16}(?='$)")
"""Text that was made from an address: a default `repr`, and pydantic's references to schemas."""
_REPR: Mapping[type, Callable[[Any], str]] = {
    kind: vars(kind)["__repr__"]
    for kind in (
        *(int, bool, float, complex, bytes, bytearray, range, type(None), type(...), type(NotImplemented)),
    )
}
_PARTS_SHOWN = frozenset(
    (
        *("builtins", "functools", "types", "collections", "contextlib", "dataclasses", "enum", "string"),
        *("abc", "inspect"),
    )
)
"""Modules of the standard library whose instances are shown with what they hold: they wrap what is ours."""


_ORIGIN = vars(types.GenericAlias)["__origin__"].__get__
_ARGUMENTS = vars(types.GenericAlias)["__args__"].__get__
_OPAQUE = ("instance of ", "ContextVar ", "generator ", "coroutine ", "async generator ")
_SAID_BY_STR = frozenset(
    (
        *("pathlib", "pathlib._local", "uuid", "ipaddress", "zoneinfo"),
        *("datetime", "decimal", "fractions"),
    )
)
"""Modules whose values hold nothing of the application's, and say it all in their `str`."""


def digest(text: str) -> str:
    """Twelve hexadecimal digits that stand for the text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def shown_inside(cls: type) -> bool:
    """True when an instance of the class is described with its parts, not by its class alone."""
    module = class_module(cls)
    return not standard(module) or module in _PARTS_SHOWN


class Texts:
    """Texts of values, with the names that objects go by and paths under the release's root taken out."""

    def __init__(
        self, names: Names, roots: Mapping[str, str], modules: Mapping[str, types.ModuleType]
    ) -> None:
        self._names = names
        self._roots = sorted(roots.items(), key=lambda root: -len(root[0]))
        self._modules = modules
        tables = ((name, value) for name, value in vars(sys).items() if type(value) in (dict, list))
        self._interpreters = {id(value): f"sys.{name}" for name, value in tables}

    def plain(self, text: str) -> str:
        """The text without the release's folder, cut when it is long."""
        for folder, label in self._roots:
            if folder in text:
                text = text.replace(folder, label)
        return text if len(text) <= LONG else f"{text[:LONG]}… {digest(text)}"

    def leaf(self, value: object) -> str | None:
        """The whole description, None for what has parts or an identity."""
        kind = type(value)
        if kind is str:
            text = repr(value)
            return self.plain(_NUMBERED.sub("…", text) if ":" in text or " at 0x" in text else text)
        if type(kind) is type and kind in _REPR:  # a metaclass of its own may not like to be asked
            return self.plain(_REPR[kind](value))
        if kind is types.FunctionType or is_class(value):
            return self._third_party(value)
        if is_module(value):
            return self._module(value)
        return self._special(kind, value)

    def opaque(self, value: object) -> bool:
        """True for what is described by its class or name alone, but is not a plain value: a lock, a
        context variable. Which one it is matters all the same."""
        leaf = self.leaf(value)
        return leaf is not None and leaf.startswith(_OPAQUE)

    def cls(self, cls: type) -> str:
        """A class by name: third-party ones alone, our own with the check that this is the one."""
        if not self._names.is_app_class(cls):
            return f"{class_module(cls)}:{class_name(cls)}"
        path = self._names.of(cls)
        return f"ref {path}" if path else self.unplaced(cls)

    def unplaced(self, value: types.FunctionType | type) -> str:
        """A function or class that is not found where it says it lives, or lives nowhere."""
        word = "detached copy of" if self._names.found_elsewhere(value) else "local"
        return f"{word} {self._names.claim(value)}"

    def brief(self, value: object) -> str:
        """Any value in one line. Shows a bounded number of parts, to a bounded depth."""
        return self.plain(_Brief(self, self._names).text(value, 0))

    def schema(self, value: object) -> str:
        """The digest of pydantic's nested tables, in which memory addresses occur as numbers."""
        brief = _Brief(self, self._names, nodes=50_000, deep=60)
        return digest(_ADDRESS.sub("…", brief.text(canonical(value), 0)))

    def _third_party(self, value: Any) -> str | None:
        if self._names.defined(value) or (is_class(value) and self._names.of(value)):
            return None
        if is_function(value):
            local = "<locals>" in value.__qualname__ and value.__closure__
            nowhere = value.__module__ in (None, "builtins")  # made by `exec` in a namespace of its own
            return None if local or nowhere else f"function {value.__module__}:{value.__qualname__}"
        if any(self._names.is_app_class(base) for base in mro(value)):
            return None
        return f"class {class_module(value)}:{class_name(value)}"

    def _module(self, module: types.ModuleType) -> str:
        name = module_namespace(module).get("__name__")
        known = self._modules.get(name) if type(name) is str else None
        if known is None and type(name) is str and self._names.is_app(name):
            return f"module {name}, not imported"
        return f"module {name}" if known is None or known is module else f"detached copy of module {name}"

    def _special(self, kind: type, value: Any) -> str | None:
        known = _SPECIAL.get(kind) if type(kind) is type else None
        if known is not None:
            return self.plain(known(self, value))
        module = class_module(kind)
        if module == "typing":
            return self.plain(self._typing(kind, value))
        if module in _SAID_BY_STR and _really_from(module, kind):
            return self.plain(f"{class_name(kind)}({str(value)!r})")
        if of_kind(value, types.GenericAlias):  # `Callable[[int], str]` of collections.abc
            return self.plain(f"{self.brief(_ORIGIN(value))}[{self._inside(_ARGUMENTS(value))}]")
        if of_kind(value, dict, list, tuple, set, frozenset, collections.deque):
            return self._interpreters.get(id(value))  # what stands in `sys.path` is no part of a release
        if standard(module) and not shown_inside(kind):
            return self.plain(f"instance of {module}:{class_name(kind)}{self._more(module, value)}")
        return None

    def _more(self, module: str, value: object) -> str:
        """What tells one object of the standard library from another: its name, or whom it refers to."""
        held = attributes(value)
        if module == "logging" and type(held.get("name")) is str:
            return f" {held['name']!r}"
        if module in ("weakref", "_weakrefset"):
            return f" {self._referents(value, held.get('data'))}"
        return ""

    def _referents(self, value: object, table: object) -> list[str]:
        """Objects with names of their own that are referred to weakly; others come and go as garbage."""
        found = [_referent(value)]
        if of_kind(table, set):
            found = [_referent(item) for item in set.__iter__(cast("set[object]", table))]
        if of_kind(table, dict):
            found = [_referent(item) for entry in items_of(table) for item in entry]
        return sorted(self.brief(item) for item in found if self._names.of(item) is not None)

    def _typing(self, kind: type, value: Any) -> str:
        held = attributes(value)
        name = held.get("__forward_arg__", held.get("__name__", held.get("_name")))
        origin, arguments = held.get("__origin__"), held.get("__args__", ())
        label = getattr(value, "__name__", None) if kind is typing.TypeVarTuple else name
        shown = self.brief(origin) if origin is not None else f"{class_name(kind)} {label}"
        inside = self._inside((*_sequence(arguments), *_sequence(held.get("__metadata__", ()))))
        return f"{shown}[{inside}]" if inside else shown

    def _inside(self, parts: tuple[object, ...]) -> str:
        return ", ".join(self.brief(part) for part in parts)


def _sequence(value: Any) -> Iterable[object]:
    return list(tuple.__iter__(value)) if of_kind(value, tuple) else ()


def _referent(value: object) -> object:
    return weakref.ref.__call__(cast("weakref.ref[object]", value)) if of_kind(value, weakref.ref) else value


def _really_from(module: str, kind: type) -> bool:
    """True for a class of the standard library itself, not one that only says so."""
    return vars(sys.modules.get(module, types)).get(class_name(kind)) is kind


def _builtin(texts: Texts, value: Any) -> str:
    owner = value.__self__
    if owner is None or is_module(owner):
        return f"builtin {value.__module__}.{value.__name__}"
    of = texts.cls(owner) if is_class(owner) else texts.brief(owner)
    return f"builtin {value.__name__} of {of}"


def _member(_: Texts, value: Any) -> str:
    return f"{type(value).__name__} {class_name(value.__objclass__)}.{value.__name__}"


def _union(texts: Texts, value: Any) -> str:
    return " | ".join(texts.brief(part) for part in value.__args__)


def _alias(texts: Texts, value: Any) -> str:
    arguments = ", ".join(texts.brief(part) for part in value.__args__)
    return f"{texts.brief(value.__origin__)}[{arguments}]"


def _named(_: Texts, value: Any) -> str:
    return f"{type(value).__name__} {value.__name__}"


def _type_variable(texts: Texts, value: typing.TypeVar) -> str:
    text = f"TypeVar {value.__name__}"
    if getattr(value, "__infer_variance__", False):  # `class C[T: bound]`: its bound is code yet to run
        return text
    variance = f"{value.__covariant__:d}{value.__contravariant__:d}"
    return f"{text} {variance} {texts.brief(value.__bound__)} {texts.brief(value.__constraints__)}"


_SPECIAL: Mapping[type, Callable[[Texts, Any], str]] = {
    re.Pattern: lambda texts, value: f"pattern {value.pattern!r} flags {value.flags}",
    contextvars.ContextVar: lambda texts, value: f"ContextVar {value.name!r}",
    types.BuiltinFunctionType: _builtin,
    types.WrapperDescriptorType: _member,
    types.MethodDescriptorType: _member,
    types.ClassMethodDescriptorType: _member,
    types.MemberDescriptorType: _member,
    types.GetSetDescriptorType: _member,
    types.MethodWrapperType: lambda texts, value: f"builtin {value.__name__}",
    types.GenericAlias: _alias,
    types.UnionType: _union,
    types.CodeType: lambda texts, value: f"code {value.co_qualname}",
    types.GeneratorType: lambda texts, value: f"generator {value.__qualname__}",
    types.CoroutineType: lambda texts, value: f"coroutine {value.__qualname__}",
    types.AsyncGeneratorType: lambda texts, value: f"async generator {value.__qualname__}",
    memoryview: lambda texts, value: "memoryview",
    operator.attrgetter: lambda texts, value: f"attrgetter{texts.brief(value.__reduce__()[1])}",
    operator.itemgetter: lambda texts, value: f"itemgetter{texts.brief(value.__reduce__()[1])}",
    operator.methodcaller: lambda texts, value: f"methodcaller {texts.brief(value.__reduce__()[1])}",
    slice: lambda texts, value: ":".join(texts.brief(v) for v in (value.start, value.stop, value.step)),
    typing.TypeVar: _type_variable,
    typing.ParamSpec: _named,
    typing.NewType: _named,
}


class _Brief:
    """One brief text in the making: how much may still be shown, and what it is inside of."""

    def __init__(self, texts: Texts, names: Names, *, nodes: int = _NODES, deep: int = _DEEP) -> None:
        self._texts = texts
        self._names = names
        self._nodes = nodes
        self._left = nodes
        self._deep = deep
        self._inside: list[int] = []

    def text(self, value: object, depth: int) -> str:
        self._left -= 1
        path = self._names.of(value)
        if path is not None:
            return f"ref {path}"
        leaf = self._texts.leaf(value)
        if leaf is not None:
            return leaf
        if self._names.defined(value):
            return self._texts.unplaced(value)
        if id(value) in self._inside:
            return "…itself"
        if self._left < 0 or depth > self._deep:
            return f"…{self._texts.cls(type(value))}"
        self._inside.append(id(value))
        try:
            return self._inner(value, depth + 1)
        finally:
            self._inside.pop()

    def _inner(self, value: Any, depth: int) -> str:
        kind = type(value)
        if kind is types.FunctionType:  # of another package, made by a call: its globals are none of ours
            inside = ", ".join(self.text(cell, depth) for cell in value.__closure__ or ())
            return f"function {value.__module__}:{value.__qualname__}[{inside}]"
        label = "" if class_module(kind) == "builtins" else self._texts.cls(kind)
        held = attributes(value) if shown_inside(kind) and not is_class(value) else {}
        shown = [f"{name}={self.text(held[name], depth)}" for name in sorted(held)]
        return f"{label}{self._contents(value, depth)}" + (f"({', '.join(shown)})" if shown else "")

    def _contents(self, value: Any, depth: int) -> str:
        if of_kind(value, dict):
            entries = (f"{self.text(k, depth)}: {self.text(v, depth)}" for k, v in items_of(value))
            return f"{{{', '.join(entries)}}}"
        if of_kind(value, set, frozenset):
            return f"{{{', '.join(sorted(self._elements(value, depth)))}}}"
        if type(value) is types.MappingProxyType:
            return self.text(gc.get_referents(value)[0], depth)
        for kind in (tuple, list, collections.deque):
            if of_kind(value, kind):
                inside = (self.text(item, depth) for item in kind.__iter__(value))
                return f"({', '.join(inside)})" if kind is tuple else f"[{', '.join(inside)}]"
        return ""

    def _elements(self, value: Any, depth: int) -> list[str]:
        """The elements of a set, each with a budget of its own: what is shown may not depend on their order.

        It is a share of what is left, or sets of what holds such sets would be gone through without end.
        """
        elements = [*(set.__iter__ if of_kind(value, set) else frozenset.__iter__)(value)]
        nodes = max(0, min(_OF_ELEMENT, self._left // max(1, len(elements))))
        self._left -= nodes * len(elements)
        return [_Brief(self._texts, self._names, nodes=nodes).text(one, depth) for one in elements]
