"""A second, simpler look at a live package, to judge the engine by something it was not made with.

The engine's own proof decides with `patch.describe`; what that does not see, it cannot refuse. This file
shares no code and no idea with it: names, signatures, code and plain values, each as a line of text.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import re
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["differences", "snapshot"]

Snapshot = dict[str, str]

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+|(?<=\w:)\d{12,16}(?=')")
"""In a default `repr`, and in what pydantic calls its schemas (`'pkg.mod.Model:94897420030864'`)."""
_SKIPPED = frozenset(
    ("__builtins__", "__cached__", "__loader__", "__spec__", "__warningregistry__", "__weakref__", "__dict__")
)
_PLAIN = (str, bytes, int, float, complex, bool, type(None), type(...), type(NotImplemented))
_DEEP = 4
_MANY = 400


def snapshot(package: str, root: str) -> Snapshot:
    """What every loaded module of `package` holds; `root` is shown as `<root>`."""
    gc.collect()
    lines: Snapshot = {}
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] == package and _is(module, types.ModuleType):
            lines[name] = "module"
            for path, text in _module(name, module, package):
                lines[path] = _ADDRESS.sub("0x", text).replace(root, "<root>")
    return lines


def differences(expected: Mapping[str, str], got: Mapping[str, str]) -> list[str]:
    """The paths in which two snapshots differ, each as one line."""
    paths = sorted(expected.keys() | got.keys())
    return [
        f"{path}: expected {expected.get(path, 'nothing')}, got {got.get(path, 'nothing')}"
        for path in paths
        if expected.get(path) != got.get(path)
    ]


def _module(name: str, module: types.ModuleType, package: str) -> Iterator[tuple[str, str]]:
    held = _without_lazy(vars(module))
    yield f"{name}:names", " ".join(sorted(n for n in held if n not in _SKIPPED))
    for attribute, value in sorted(held.items()):
        if attribute in _SKIPPED:
            continue
        path = f"{name}:{attribute}"
        yield path, _text(value, package, 0)
        if _home(value) == name:
            yield from _inside(path, value, package, 0)


def _without_lazy(namespace: Mapping[str, object]) -> dict[str, object]:
    """Python makes empty `__annotations__` when they are asked for: no difference between two processes."""
    return {n: v for n, v in namespace.items() if n != "__annotations__" or v}


def _inside(path: str, value: object, package: str, depth: int) -> Iterator[tuple[str, str]]:
    """The parts of a function, a class, or a wrapper of either."""
    if depth > _DEEP:
        return
    if type(value) is types.FunctionType:
        yield from _function(path, value, package, depth)
    elif _is(value, type):
        yield from _class(path, value, package, depth)  # type: ignore[arg-type]
    else:
        for word, inner in _wrapped(value):
            yield f"{path}.{word}", _text(inner, package, 0)
            yield from _inside(f"{path}.{word}", inner, package, depth + 1)


def _wrapped(value: Any) -> Iterator[tuple[str, object]]:
    if _is(value, staticmethod, classmethod):
        yield "func", value.__func__
    elif _is(value, property):
        yield from (("fget", value.fget), ("fset", value.fset), ("fdel", value.fdel))
    elif _is(value, functools.cached_property, functools.partial):
        yield "func", value.func
    elif type(value) is type(_lru):
        yield "wrapped", value.__wrapped__


@functools.lru_cache
def _lru() -> None:
    """Only its type is used."""


def _function(path: str, function: types.FunctionType, package: str, depth: int) -> Iterator[tuple[str, str]]:
    yield f"{path}@signature", _signature(function, package)
    yield f"{path}@code", _code(function.__code__)
    yield f"{path}@lines", _place(function.__code__, package)
    yield f"{path}@names", f"{function.__module__} {function.__qualname__} {sorted(vars(function))}"
    yield f"{path}@doc", repr(function.__doc__)
    yield f"{path}@globals", str(function.__globals__.get("__name__"))
    wrapped = vars(function).get("__wrapped__")
    if wrapped is not None:
        yield from _inside(f"{path}.wrapped", wrapped, package, depth + 1)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            inner = cell.cell_contents
        except ValueError:
            continue
        yield f"{path}.cell.{name}", _text(inner, package, 1)
        if type(inner) is types.FunctionType and inner is not function:
            yield from _inside(f"{path}.cell.{name}", inner, package, depth + 1)


def _signature(function: types.FunctionType, package: str) -> str:
    """Annotations and defaults; their own `repr` is not asked: it may compute, and keep, something."""
    annotated = [f"{name}: {_annotation(a, package)}" for name, a in function.__annotations__.items()]
    defaults = [_text(value, package, 1) for value in function.__defaults__ or ()]
    by_name = [f"{n}={_text(v, package, 1)}" for n, v in (function.__kwdefaults__ or {}).items()]
    return f"({'; '.join(annotated)}) ({', '.join(defaults)}) ({', '.join(by_name)})"


def _annotation(value: object, package: str) -> str:
    if type(value).__module__ in ("typing", "types", "typing_extensions"):
        return repr(value)
    return _text(value, package, 1)


def _place(code: types.CodeType, package: str) -> str:
    """File and line. A function of an unchanged file may stay in the older release's: it reads the same."""
    return f"{re.sub(rf'^.*?/(?={package}[/.])', '', code.co_filename)}:{code.co_firstlineno}"


def _class(path: str, cls: type, package: str, depth: int) -> Iterator[tuple[str, str]]:
    held = {n: v for n, v in _without_lazy(vars(cls)).items() if n not in _SKIPPED and n != "_abc_impl"}
    yield f"{path}@attributes", " ".join(sorted(held))
    yield f"{path}@fields", " ".join(held.get("__annotations__", ()))
    yield f"{path}@mro", " ".join(_name(base, package) for base in cls.__mro__)
    below = [c for c in type.__subclasses__(cls) if c.__module__.partition(".")[0] == package]
    yield f"{path}@subclasses", " ".join(sorted(_name(c, package) for c in below))
    for name, value in sorted(held.items()):
        yield f"{path}.{name}", _text(value, package, 0)
        if not _is(value, type) or value.__qualname__.startswith(cls.__qualname__ + "."):
            yield from _inside(f"{path}.{name}", value, package, depth + 1)


def _code(code: types.CodeType) -> str:
    return hashlib.sha1(_code_text(code).encode(errors="surrogatepass")).hexdigest()[:12]


def _code_text(code: types.CodeType) -> str:
    parts = (
        code.co_qualname, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags,
        code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars,
        code.co_exceptiontable, list(code.co_lines()),
    )  # fmt: skip
    return repr(parts) + "".join(_constant(constant) for constant in code.co_consts)


def _constant(value: object) -> str:
    if isinstance(value, types.CodeType):
        return _code_text(value)
    if isinstance(value, frozenset):
        return repr(sorted(map(repr, value)))
    return f"{type(value).__name__} {value!r}"


def _text(value: Any, package: str, depth: int) -> str:
    """One line on a value. No code of the package runs for it."""
    kind = type(value)
    if kind in _PLAIN:
        return repr(value) if len(repr(value)) < 200 else f"{kind.__name__} {_digest(repr(value))}"
    if _is(value, types.ModuleType):
        return f"module {value.__name__}{'' if sys.modules.get(value.__name__) is value else ' (another)'}"
    if _is(value, type, types.FunctionType):
        return f"{'class' if _is(value, type) else 'function'} {_name(value, package)}"
    if any(value is table for table in (sys.modules, sys.path, sys.path_importer_cache)):
        return f"{kind.__name__} of the interpreter"
    if depth < _DEEP and (items := _items(value, package, depth)) is not None:
        return f"{kind.__name__} {items if len(items) < 200 else _digest(items)}"
    if kind.__module__.partition(".")[0] == package:
        return f"instance of {_name(kind, package)} {_state(value, package, depth)}"
    return f"instance of {kind.__module__}.{kind.__qualname__}"


def _items(value: object, package: str, depth: int) -> str | None:
    if type(value) in (list, tuple):
        return ", ".join(_text(item, package, depth + 1) for item in list(value)[:_MANY])  # type: ignore[call-overload]
    if type(value) in (set, frozenset):
        return ", ".join(sorted(_text(item, package, depth + 1) for item in list(value)))  # type: ignore[call-overload]
    if type(value) is dict:
        pairs = list(value.items())[:_MANY]
        # Sorted: an entry that a patch adds to a living table comes last, and that is documented.
        shown = (f"{_text(k, package, depth + 1)}: {_text(v, package, depth + 1)}" for k, v in pairs)
        return ", ".join(sorted(shown))
    return None


def _state(value: object, package: str, depth: int) -> str:
    held = _dictionary(value)
    if depth >= 2 or type(held) is not dict:
        return ""
    text = ", ".join(
        f"{name}={_text(v, package, depth + 1)}" for name, v in sorted(held.items(), key=_by_name)
    )
    return text if len(text) < 200 else _digest(text)


def _is(value: object, *kinds: type) -> bool:
    """`isinstance` without asking the value: a proxy would load what it stands for."""
    return issubclass(type(value), kinds)


def _dictionary(value: object) -> object:
    try:
        return object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None


def _home(value: Any) -> object:
    """The module that a function, a class or a wrapper of them says it is from."""
    if _is(value, type, types.FunctionType):
        return value.__module__
    held = _dictionary(value)
    return held.get("__module__") if type(held) is dict else None


def _by_name(item: tuple[object, object]) -> str:
    return str(item[0])


def _digest(text: str) -> str:
    return hashlib.sha1(_ADDRESS.sub("0x", text).encode(errors="surrogatepass")).hexdigest()[:12]


def _name(value: type | types.FunctionType, package: str) -> str:
    """The full name; of something in the package also whether it is what is found under that name."""
    name = f"{value.__module__}.{value.__qualname__}"
    if str(value.__module__).partition(".")[0] != package or "<" in name:
        return name
    found: object = sys.modules.get(value.__module__)
    for part in value.__qualname__.split("."):
        held = vars(found) if _is(found, type, types.ModuleType) else {}  # type: ignore[arg-type]
        found = held.get(part)
    if found is value:
        return name
    return f"{name} (nothing under that name)" if found is None else f"{name} (not what has that name)"
