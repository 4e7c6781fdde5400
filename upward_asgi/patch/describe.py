"""Describe live modules: the first half of the equality proof (`compare` is the other).

A description says, for every name of every module and whatever is reached from there, what is found, in
words that are the same in every process that started from the same release: no addresses, no order of
sets, no folders. So a patched process can be compared with one that was freshly started, and a silent
wrong result becomes a difference that somebody reads.

Paths look like `pkg.mod:Class.method.code`, `pkg.mod:TABLE['key']`, `pkg.mod:func.defaults[0]`. One that
ends in `.lines` says only where code stands in its file. An object with a name of its own is described
once, under that name; everywhere else it is `ref pkg.mod:Name`, which is how a stale copy shows.

No code of the application runs, nothing is imported, and lazy modules stay unloaded.
"""

from __future__ import annotations

import collections
import functools
import gc
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .describe_classes import class_parts, enum_member
from .describe_functions import Fact, Part, function_parts
from .describe_names import Names
from .describe_static import (
    attributes,
    class_module,
    forget_layouts,
    is_class,
    is_function,
    is_module,
    items_of,
    module_namespace,
    of_kind,
)
from .describe_texts import IN_ORDER, LONG, SAME_AS, Texts, digest, shown_inside

__all__ = ["Description", "describe"]

Description = dict[str, str]
"""What is found, by path."""

_DEEP = 16
"""Steps from a module-level name; an object of another package counts as two."""
_MANY = 256
"""Entries of a container from which on it is described as a whole, by a digest."""
_MOST = 20_000
"""Entries that such a digest covers; beyond, only their number is seen."""
_SKIPPED = frozenset(
    ("__builtins__", "__cached__", "__loader__", "__warningregistry__", "__spec__", "__annotations__")
)


def describe(modules: Mapping[str, types.ModuleType], *, roots: Mapping[str, str]) -> Description:
    """Describe `modules`, by name. What starts with a folder of `roots` is shown with its label instead.

    `roots` is for example `{"/srv/store/releases/1.0.1": "<root>", "/srv/store/current": "<root>"}`.
    """
    real = {name: module for name, module in sorted(modules.items()) if is_module(module)}
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand short-lived tuples would start it again and again
    try:
        return _Walk(real, roots).description()
    finally:
        forget_layouts()
        if collecting:
            gc.enable()


class _Walk:
    """Breadth first, so that an object is described at its shortest path: run-time state that also leads
    to it, deeper down, does not move it."""

    def __init__(self, modules: Mapping[str, types.ModuleType], roots: Mapping[str, str]) -> None:
        self._modules = modules
        self._names = Names(modules)
        self._texts = Texts(self._names, roots, modules)
        self._found: Description = {}
        self._referred: dict[str, object] = {}
        self._seen: dict[int, tuple[str, object]] = {}
        self._queue: collections.deque[tuple[str, Any, int]] = collections.deque()

    def description(self) -> Description:
        for name, module in self._modules.items():
            self._module(name, module_namespace(module))
        while self._queue or self._owed():
            path, value, depth = self._queue.popleft()
            self._found[path] = str(value) if type(value) is Fact else self._head(path, value, depth)
        return self._found

    def _owed(self) -> bool:
        """Queue what was referred to and was not met under its name: a private method, for instance."""
        owed = sorted(self._referred.keys() - self._found.keys())
        self._queue.extend((path, self._referred[path], 1) for path in owed)
        return bool(owed)

    def _module(self, name: str, space: dict[str, object]) -> None:
        for key in sorted(key for key in list(space) if type(key) is str and key not in _SKIPPED):
            value = space[key]
            path = f"{name}:{key}"
            if self._has_identity(value):
                self._names.bind(path, value)
            self._queue.append((path, value, 0))
        self._parts(f"{name}:__spec__", _spec_parts(space.get("__spec__")), 0)
        annotations = space.get("__annotations__")
        for annotated, value in items_of(annotations):
            self._queue.append((f"{name}:__annotations__.{self._texts.brief(annotated)}", value, 0))

    def _has_identity(self, value: object) -> bool:
        """True for what two names can share: not plain values, nor what another package has named."""
        if self._names.defined(value):
            return self._names.place(value) is None
        return type(value) is not tuple and (self._leaf(value) is None or self._texts.opaque(value))

    def _leaf(self, value: object) -> str | None:
        leaf = self._texts.leaf(value)
        return enum_member(value, self._texts) if leaf is None else leaf

    def _head(self, path: str, value: Any, depth: int) -> str:
        """What is found at the path; what it consists of is put in the queue."""
        known = self._names.of(value)
        if known is not None and known != path:
            self._referred[known] = value
            return f"ref {known}"
        leaf = self._leaf(value)
        if leaf is not None:
            return leaf
        if type(value) is not tuple:
            first = self._seen.setdefault(id(value), (path, value))[0]
            if first != path:
                return f"{SAME_AS}{first}"
        if depth > _DEEP:
            return f"deeper: {self._texts.cls(type(value))}"
        return self._whole(path, value, depth)

    def _whole(self, path: str, value: Any, depth: int) -> str:
        if is_function(value):
            self._parts(path, function_parts(value, self._names, self._texts), depth)
            return self._own("function", path, value)
        if is_class(value):
            self._parts(path, class_parts(value, self._names, self._texts), depth)
            return self._own("class", path, value)
        return self._instance(path, value, depth)

    def _own(self, word: str, path: str, value: types.FunctionType | type) -> str:
        if self._names.place(value) == path or not self._names.defined(value):
            return word
        return f"{word}, {self._texts.unplaced(value)}"

    def _instance(self, path: str, value: Any, depth: int) -> str:
        kind = type(value)
        foreign = not self._names.is_app_class(kind) and class_module(kind) != "builtins"
        inner = depth + 1 if foreign else depth
        label = self._texts.cls(kind)
        if shown_inside(kind):
            held = attributes(value)
            self._parts(path, (self._attribute(name, held[name]) for name in sorted(held)), inner)
        self._parts(path, _wrapped(value), inner)
        content = _content(value)
        if content is None:
            return (
                label.removeprefix("builtins:")
                if class_module(kind) == "builtins"
                else f"instance of {label}"
            )
        return f"{label.removeprefix('builtins:')} {self._container(path, value, content, inner)}"

    def _attribute(self, name: str, value: object) -> Part:
        schema = name == "core_schema" and type(value) is dict  # of a pydantic TypeAdapter
        return f".{name}", Fact(self._texts.schema(value)) if schema else value

    def _container(self, path: str, value: object, content: list[Part], depth: int) -> str:
        if of_kind(value, set, frozenset):
            inside = sorted(self._texts.brief(item) for _, item in content[:_MOST])
            return f"of {len(content)}: {self._texts.plain(', '.join(inside))}"
        if len(content) > _MANY:
            inside = [f"{key}{self._texts.brief(item)}" for key, item in self._keyed(value, content[:_MOST])]
            if of_kind(value, dict):
                inside = sorted(inside[1:])  # without their order: what a patch adds comes last
            return f"of {len(content)}: {digest(', '.join(inside))}"
        self._parts(path, self._keyed(value, content), depth)
        return f"of {len(content)}"

    def _keyed(self, value: object, content: list[Part]) -> Iterator[Part]:
        if not of_kind(value, dict):
            yield from ((f"[{number}]", item) for number, (_, item) in enumerate(content))
            return
        keys = _told_apart([self._texts.brief(key) for key, _ in items_of(value)[: len(content)]])
        yield ".order", Fact(self._order(keys))
        yield from ((f"[{key}]", item) for key, (_, item) in zip(keys, content, strict=False))

    def _order(self, keys: list[str]) -> str:
        """The keys in order; of many, which they are and then in which order: both can be compared."""
        text = ", ".join(keys)
        if len(text) <= LONG:
            return text
        return f"{digest(', '.join(sorted(keys)))}{IN_ORDER}{digest(text)}"

    def _parts(self, path: str, parts: Iterable[Part], depth: int) -> None:
        for suffix, value in parts:
            self._queue.append((path + suffix, value, depth + 1))


def _told_apart(keys: list[str]) -> list[str]:
    """Keys that read the same get numbers, so that each has a path of its own."""
    count: collections.Counter[str] = collections.Counter()
    for number, key in enumerate(keys):
        count[key] += 1
        if count[key] > 1:
            keys[number] = f"{key} #{count[key]}"
    return keys


def _content(value: Any) -> list[Part] | None:
    """The items of a container, None when it is none."""
    if of_kind(value, dict):
        return [("", item) for _, item in items_of(value)]
    for kind in (tuple, list, set, frozenset, collections.deque):
        if of_kind(value, kind):
            return [("", item) for item in list(kind.__iter__(value))]
    return None


def _wrapped(value: Any) -> Iterator[Part]:
    """What a wrapper of a built-in type holds without showing it as an attribute."""
    kind = type(value)
    if kind is types.MethodType:
        yield ".__func__", value.__func__
        yield ".__self__", value.__self__
    elif kind is types.MappingProxyType:
        yield ".mapping", gc.get_referents(value)[0]
    elif of_kind(value, BaseException):
        yield ".args", vars(BaseException)["args"].__get__(value)
    elif kind is functools.partial:
        yield ".keywords", value.keywords


def _spec_parts(spec: Any) -> Iterator[Part]:
    held = attributes(spec)
    for name in ("name", "origin", "submodule_search_locations"):
        yield f".{name}", _locations(held.get(name))


def _locations(value: Any) -> object:
    """A namespace package's locations are computed when asked for; they are read as they were last."""
    return value if value is None or type(value) in (str, list) else attributes(value).get("_path")
