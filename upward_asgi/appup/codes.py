"""Code objects of two releases of a module, paired function by function.

A module is compiled whole, once, so that every code object carries the right `__future__` flags, lines and
file. Functions are paired by qualified name and by their order under it, from the outside in: a function
inside another is paired only if the functions around it are.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import CodeType, MappingProxyType

from .trees import Module

__all__ = ["CodePair", "CodePairs", "compile_module", "pair_codes", "same_code", "same_layout"]


@dataclass(frozen=True)
class CodePair:
    """One function's code in the old and in the new release."""

    old: CodeType
    new: CodeType
    definition: str = ""
    """The qualified name in the source, where a decorator gave the code another one."""

    @property
    def qualname(self) -> str:
        return self.definition or self.new.co_qualname

    @cached_property
    def changed(self) -> bool:
        """True when more than positions differ."""
        return not same_code(self.old, self.new)

    @cached_property
    def fits(self) -> bool:
        """True when `new` can be given to a living function of `old` as it stands."""
        return self.old.co_freevars == self.new.co_freevars and same_layout(self.old, self.new)


@dataclass(frozen=True)
class CodePairs:
    """The paired code of one module."""

    pairs: tuple[CodePair, ...]
    by_new: Mapping[tuple[str, int], tuple[CodeType, ...]]
    """All code of the new module by qualified name and first line."""

    @cached_property
    def by_old(self) -> Mapping[tuple[str, int], tuple[CodePair, ...]]:
        """The pairs by the old code's qualified name and first line."""
        found: defaultdict[tuple[str, int], list[CodePair]] = defaultdict(list)
        for pair in self.pairs:
            found[pair.old.co_qualname, pair.old.co_firstlineno].append(pair)
        return MappingProxyType({key: tuple(pairs) for key, pairs in found.items()})

    def of(self, code: CodeType) -> CodePair | None:
        """The pair whose old code this is, whatever file name it carries."""
        candidates = self.by_old.get((code.co_qualname, code.co_firstlineno), ())
        for pair in candidates:
            if pair.old == code:
                return pair
        marked = (_marked(pair) for pair in candidates if code.co_flags & inspect.CO_ITERABLE_COROUTINE)
        found = next((pair for pair in marked if pair is not None and pair.old == code), None)
        return found or self._of_renamed(code)

    def _of_renamed(self, code: CodeType) -> CodePair | None:
        """The pair of a code that a decorator gave another name; None when it may be one of several."""
        at_line = self.by_line.get(code.co_firstlineno, ())
        renamed = [_renamed(pair, code) for pair in at_line if pair.old.co_code == code.co_code]
        found = [pair for pair in renamed if pair.old == code]
        return found[0] if len(found) == 1 else None

    @cached_property
    def by_line(self) -> Mapping[int, tuple[CodePair, ...]]:
        """The pairs by the first line of the old code."""
        found: defaultdict[int, list[CodePair]] = defaultdict(list)
        for pair in self.pairs:
            found[pair.old.co_firstlineno].append(pair)
        return MappingProxyType({line: tuple(pairs) for line, pairs in found.items()})

    def to(self, new: CodeType) -> CodePair | None:
        """The pair whose new code this is."""
        return next((pair for pair in self.pairs if pair.new is new), None)

    def new_code(self, qualname: str, line: int) -> CodeType | None:
        """The new module's code of the function whose definition (decorators included) starts at `line`."""
        codes = self.by_new.get((qualname, line), ())
        return codes[0] if codes else None


def _marked(pair: CodePair) -> CodePair | None:
    """The same of a generator that `types.coroutine` marked: by a flag that no compiled code has."""
    mark = inspect.CO_ITERABLE_COROUTINE
    if not pair.new.co_flags & inspect.CO_GENERATOR:
        return None  # the decorator would make something else of it
    old, new = (code.replace(co_flags=code.co_flags | mark) for code in (pair.old, pair.new))
    return CodePair(old, new)


def _renamed(pair: CodePair, code: CodeType) -> CodePair:
    name, qualname = code.co_name, code.co_qualname
    old = pair.old.replace(co_name=name, co_qualname=qualname)
    return CodePair(old, pair.new.replace(co_name=name, co_qualname=qualname), pair.qualname)


def compile_module(module: Module) -> CodeType:
    """The whole module compiled; the code carries the module's own path. Raises `BadSource`."""
    return compile(module.tree, str(module.path), "exec", dont_inherit=True)


def pair_codes(old: CodeType, new: CodeType) -> CodePairs:
    """Pair the functions of two compiled modules."""
    everything: defaultdict[tuple[str, int], list[CodeType]] = defaultdict(list)
    for code in _walk(new):
        everything[code.co_qualname, code.co_firstlineno].append(code)
    by_new = {key: tuple(codes) for key, codes in everything.items()}
    return CodePairs(tuple(_pairs(old, new)), MappingProxyType(by_new))


def same_code(one: CodeType, other: CodeType) -> bool:
    """True when two code objects differ in nothing but positions and file."""
    return (
        one.co_code == other.co_code
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_freevars == other.co_freevars
        and one.co_cellvars == other.co_cellvars
        and one.co_flags == other.co_flags
        and same_layout(one, other)
        and one.co_exceptiontable == other.co_exceptiontable
        and _same_constants(one.co_consts, other.co_consts)
    )


def same_layout(one: CodeType, other: CodeType) -> bool:
    """True when both take the same arguments, so that defaults of one fit the other."""
    return _layout(one) == _layout(other)


def _layout(code: CodeType) -> tuple[object, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    var = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    return (*counts, code.co_varnames[:count], code.co_flags & var)


def _same_constants(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(map(_same_constant, one, other))


def _same_constant(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return one.co_qualname == other.co_qualname and same_code(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _same_constants(one, other)
    return repr(one) == repr(other)  # tells 0.0 from -0.0, which == does not


def _children(code: CodeType) -> dict[str, list[CodeType]]:
    found: defaultdict[str, list[CodeType]] = defaultdict(list)
    for const in code.co_consts:
        if isinstance(const, CodeType):
            found[const.co_name].append(const)
    return found


def _walk(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _walk(const)


def _pairs(old: CodeType, new: CodeType) -> Iterator[CodePair]:
    new_children = _children(new)
    for name, olds in _children(old).items():
        for one, other in _align(olds, new_children.get(name, [])):
            yield CodePair(one, other)
            yield from _pairs(one, other)


def _align(olds: list[CodeType], news: list[CodeType]) -> Iterator[tuple[CodeType, CodeType]]:
    """Pair functions of one name: by order when none came or went, else the equal ones first."""
    if len(olds) == len(news):
        yield from zip(olds, news, strict=True)
        return
    rest = list(news)
    unpaired = []
    for one in olds:
        same = next((other for other in rest if same_code(one, other)), None)
        if same is None:
            unpaired.append(one)
        else:
            rest.remove(same)
            yield one, same
    anonymous = bool(unpaired) and unpaired[0].co_name.startswith("<")
    if not anonymous:  # a lambda without its equal could be any other lambda
        yield from zip(unpaired, rest, strict=False)
