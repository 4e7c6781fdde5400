"""Functions and code objects in words."""

from __future__ import annotations

import dis
import functools
import sys
import types
from collections.abc import Iterator

from .describe_names import Names
from .describe_static import items_of
from .describe_texts import Texts, digest

__all__ = ["Fact", "Part", "Places", "code_text", "function_parts"]


_GLOBAL = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})


class Fact(str):
    """A part of a description that is a text already."""

    __slots__ = ()


Part = tuple[str, object]
"""A suffix of the path, and the object or `Fact` found there."""


_DISPATCHER = frozenset({"cache_token", "dispatch_cache", "_clear_cache"})
"""What `singledispatch` found out when it was called, and how many ABCs were registered anywhere then: no
part of the application, like the entries of an `lru_cache`."""


class Places:
    """Where code objects stand in their file; told apart from what they do, so that it may be ignored."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def text(self, code: types.CodeType) -> str:
        """File, first line, and the digest of every other position, nested code included."""
        file = self._texts.plain(code.co_filename)
        return f"{file}:{code.co_firstlineno} {digest(''.join(_positions(code)))}"


def _positions(code: types.CodeType) -> Iterator[str]:
    yield f"{code.co_firstlineno}{code.co_linetable!r}"
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            yield from _positions(constant)


def code_text(code: types.CodeType) -> str:
    """The digest of everything that the code does, nested code included; positions left out."""
    return digest(_code(code))


def _code(code: types.CodeType) -> str:
    parts = (
        *(code.co_name, code.co_qualname, code.co_flags, code.co_code, code.co_exceptiontable),
        *(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        *(code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
    )
    return f"{parts!r}{[_constant(constant) for constant in code.co_consts]}"


def _constant(constant: object) -> str:
    if type(constant) is types.CodeType:
        return digest(_code(constant))
    if type(constant) is tuple:
        return f"({', '.join(map(_constant, constant))})"
    if type(constant) is frozenset:  # its own order follows the hash seed
        return f"{{{', '.join(sorted(map(_constant, constant)))}}}"
    return repr(constant)


def function_parts(function: types.FunctionType, names: Names, texts: Texts) -> Iterator[Part]:
    """Code, signature, closure, documentation and attributes of a Python function."""
    code = function.__code__
    yield ".code", Fact(code_text(code))
    yield ".lines", Fact(Places(texts).text(code))
    yield ".name", Fact(names.claim(function))
    yield from _signature(function)
    if function.__doc__ is not None:
        yield ".doc", function.__doc__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
        if not (name in _DISPATCHER and function.__globals__ is vars(functools)):
            yield f".cells.{name}", _content(cell)
    for name, value in _named(function.__dict__):
        if not (name in _DISPATCHER and function.__globals__ is vars(functools)):
            yield f".{name}", value
    yield from _globals(function, names)


def _signature(function: types.FunctionType) -> Iterator[Part]:
    for number, default in enumerate(tuple.__iter__(function.__defaults__ or ())):
        yield f".defaults[{number}]", default
    yield from ((f".kwdefaults.{name}", default) for name, default in _named(function.__kwdefaults__))
    if sys.version_info >= (3, 14):  # reading annotations would run the code that makes them
        yield ".annotate", getattr(function, "__annotate__", None)
        return
    yield from ((f".annotations.{name}", kind) for name, kind in _named(function.__annotations__))


def _named(table: object) -> list[tuple[str, object]]:
    return [(key, value) for key, value in items_of(table) if type(key) is str]


def _content(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return Fact("empty cell")


def _globals(function: types.FunctionType, names: Names) -> Iterator[Part]:
    module = names.module_of_globals(function)
    if module is not None:
        yield ".globals", Fact(module)
        return
    if not names.is_app_function(function):
        return
    # Made by `exec` (attrs, namedtuple): what it reads is in a namespace that nobody else shows.
    yield ".globals", Fact("a namespace of its own")
    for name in _global_names(function.__code__):
        if dict.__contains__(function.__globals__, name):
            yield f".globals.{name}", dict.__getitem__(function.__globals__, name)


def _global_names(code: types.CodeType) -> list[str]:
    """The names that the code looks for in its globals; `co_names` has those of attributes too."""
    read = (step.argval for step in dis.get_instructions(code) if step.opname in _GLOBAL)
    return list(dict.fromkeys(read))
