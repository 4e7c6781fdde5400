"""The typed steps of an appup, and their JSON.

An appup says how to go from one release to the next, and back
(https://www.erlang.org/doc/apps/sasl/appup.html). Each instruction is one frozen dataclass. A
*statement* is the index of a top-level statement in the module of the release being gone to; `when` names
the definitions whose replacement makes an otherwise unchanged statement run again: an instruction with an
empty `when` always runs, one with a non-empty `when` runs only if one of those names really got a new
object or another plain value in the live process.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from ..errors import InternalError

__all__ = [
    "AddDefinition",
    "AddModule",
    "Apply",
    "CodeChange",
    "DeleteDefinition",
    "DeleteModule",
    "Instruction",
    "MoveLines",
    "PatchClass",
    "PatchFunction",
    "RebindImporter",
    "RebuildApp",
    "RebuildClass",
    "RenameModule",
    "ReplaceDefinition",
    "former_names",
    "instruction_from_json",
]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One typed step in one module."""

    op: ClassVar[str] = "instruction"

    module: str

    def to_json(self) -> dict[str, object]:
        """The step as plain JSON values; empty fields are left out."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        told = {name: v for name, v in fields.items() if v not in ((), None) and v is not False}
        return {"op": self.op, **{n: list(v) if isinstance(v, tuple) else v for n, v in told.items()}}

    def __str__(self) -> str:
        return f"{self.op} {self.target}"

    @property
    def target(self) -> str:
        """What the step is about, as `module` or `module:qualified.name`."""
        return self.module


@dataclass(frozen=True, slots=True)
class AddModule(Instruction):
    """A module that the old release does not have: importable, and imported by whoever imports it."""

    op: ClassVar[str] = "add_module"


@dataclass(frozen=True, slots=True)
class DeleteModule(Instruction):
    """A module that the new release does not have: no longer importable."""

    op: ClassVar[str] = "delete_module"


@dataclass(frozen=True, slots=True)
class RenameModule(Instruction):
    """The live module `module` goes on, with its state, under the name `to`."""

    op: ClassVar[str] = "rename_module"

    to: str

    @property
    def target(self) -> str:
        return f"{self.module} -> {self.to}"


@dataclass(frozen=True, slots=True)
class MoveLines(Instruction):
    """Only positions changed: living functions get code with the new file and line numbers."""

    op: ClassVar[str] = "move_lines"


@dataclass(frozen=True, slots=True)
class PatchFunction(Instruction):
    """Only the body of the function changed: every living function of it gets the new code."""

    op: ClassVar[str] = "patch_function"

    qualname: str

    @property
    def target(self) -> str:
        return f"{self.module}:{self.qualname}"


@dataclass(frozen=True, slots=True)
class AddDefinition(Instruction):
    """A statement that the old release does not have: run it."""

    op: ClassVar[str] = "add_definition"

    statement: int
    binds: tuple[str, ...] = ()
    moved_from: str | None = None
    """`module:name` of the live definition that goes on here, when it only moved between modules."""

    @property
    def target(self) -> str:
        return f"{self.module}:{', '.join(self.binds) or f'statement {self.statement}'}"


@dataclass(frozen=True, slots=True)
class ReplaceDefinition(Instruction):
    """A statement to run again: its text changed (`when` empty), or what it reads may have (`when`)."""

    op: ClassVar[str] = "replace_definition"

    statement: int
    binds: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    whole: bool = False
    """True for a definition that runs as it is written, decorators and metaclass too: a marker wants it."""
    refilled: bool = False
    """True for a table whose own text is the same: it is made anew because what fills it changed."""
    again: tuple[str, ...] = ()
    """Attributes of a class that is made as a whole which are made anew with it: a marker wants them."""

    @property
    def target(self) -> str:
        return f"{self.module}:{', '.join(self.binds) or f'statement {self.statement}'}"


@dataclass(frozen=True, slots=True)
class DeleteDefinition(Instruction):
    """A name that the new release does not define."""

    op: ClassVar[str] = "delete_definition"

    name: str

    @property
    def target(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True)
class PatchClass(Instruction):
    """Methods and attributes of a class whose own making (bases, decorators, fields) did not change."""

    op: ClassVar[str] = "patch_class"

    qualname: str
    statement: int
    changed: tuple[str, ...] = ()
    """Attributes that are made anew: their text changed, or a marker wants it."""
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Attributes that keep their object although their statement changed: a marker says so."""

    @property
    def target(self) -> str:
        return f"{self.module}:{self.qualname}"


@dataclass(frozen=True, slots=True)
class RebuildClass(Instruction):
    """The making of a class changed: run its statement, and let the live class become the result."""

    op: ClassVar[str] = "rebuild_class"

    qualname: str
    statement: int
    when: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Attributes that keep their object: a marker says so."""
    again: tuple[str, ...] = ()
    """Attributes that are made anew although their own text is the same: a marker wants them."""

    @property
    def target(self) -> str:
        return f"{self.module}:{self.qualname}"


@dataclass(frozen=True, slots=True)
class RebindImporter(Instruction):
    """An import whose source may have a new object or value: bind the names again."""

    op: ClassVar[str] = "rebind_importer"

    statement: int
    binds: tuple[str, ...] = ()
    when: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        return f"{self.module}:{', '.join(self.binds) or '*'}"


@dataclass(frozen=True, slots=True)
class RebuildApp(Instruction):
    """An ASGI application or router to build again: `statements` are those of the module that build it.

    Every module that helps to build it has such an instruction; they take effect together, after all others.
    """

    op: ClassVar[str] = "rebuild_app"

    name: str
    statements: tuple[int, ...] = ()
    when: tuple[str, ...] = ()
    home: str | None = None
    """The module that binds `name`, when it is another one."""
    dropped: tuple[str, ...] = ()
    """Attributes that only the release left sets on it."""

    @property
    def target(self) -> str:
        return f"{self.home or self.module}:{self.name}"


@dataclass(frozen=True, slots=True)
class Apply(Instruction):
    """Call the user's function `module:function()` after the patch, inside the transaction."""

    op: ClassVar[str] = "apply"

    function: str

    @property
    def target(self) -> str:
        return f"{self.module}:{self.function}"


@dataclass(frozen=True, slots=True)
class CodeChange(Instruction):
    """Call `__code_change__`: the module's own, or that of class `owner` once for each of its instances.

    The newer release's runs. `old_vsn` is the release being left; `to` is set on the way down, and is the
    one being gone to.
    """

    op: ClassVar[str] = "code_change"

    owner: str
    old_vsn: str
    to: str | None = None
    names: tuple[str, ...] = ()
    """Names of the module whose values the function migrates."""

    @property
    def target(self) -> str:
        return f"{self.module}:{self.owner}" if self.owner else self.module


def former_names(instructions: Iterable[Instruction]) -> dict[str, str]:
    """What renamed modules were called in the release that is left, by the names that they have now."""
    return {step.to: step.module for step in instructions if isinstance(step, RenameModule)}


@cache
def _by_op() -> dict[str, type[Instruction]]:
    return {kind.op: kind for kind in Instruction.__subclasses__()}


@cache
def _hints() -> dict[str, dict[str, object]]:
    return {op: typing.get_type_hints(kind) for op, kind in _by_op().items()}


def instruction_from_json(data: object) -> Instruction:
    """The instruction that `to_json` wrote. Raises `InternalError` when the data is not one."""
    if not isinstance(data, Mapping):
        raise _malformed("an object with an `op`", repr(data))
    kind = _by_op().get(str(data.get("op")))
    if kind is None:
        raise _malformed(f"an `op` of {', '.join(sorted(_by_op()))}", repr(data.get("op")))
    fields = {f.name: f for f in dataclasses.fields(kind)}
    unknown = set(data) - set(fields) - {"op"}
    if unknown:
        raise _malformed(f"fields of {kind.op}", f"also {', '.join(sorted(unknown))}")
    values = {name: _value(kind, name, data[name]) for name in fields if name in data}
    missing = [f.name for f in fields.values() if f.name not in values and f.default is dataclasses.MISSING]
    if missing:
        raise _malformed(f"{kind.op} with {', '.join(missing)}", repr(dict(data)))
    return kind(**values)


def _value(kind: type[Instruction], name: str, value: object) -> typing.Any:
    hint = _hints()[kind.op][name]
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        if isinstance(value, list | tuple) and all(type(v) is item for v in value):
            return tuple(value)
    elif isinstance(hint, types.UnionType):
        if isinstance(value, hint):
            return value
    elif type(value) is hint:
        return value
    raise _malformed(f"{kind.op}.{name} as {hint}", repr(value))


def _malformed(expected: str, got: str) -> InternalError:
    return InternalError(expected=expected, got=got, do="make the appup again with `upward build`")
