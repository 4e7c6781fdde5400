"""Import a release from scratch, in a clean child interpreter, under a time limit.

A release that raises, exits, crashes or hangs at import does so in the child, and becomes one clear
`ReleaseDoesNotImport`. A release that imports can be described there: that is the fresh start with which
the equality proof compares a patched process.

The child has this process's import path, in which the new root stands where the old one stood.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from ..errors import InternalError, ReleaseDoesNotImport
from .interpreter import CleanInterpreter, ending, import_path

__all__ = ["FreshStart", "call_in_start", "describe_fresh", "describe_starts", "import_fresh"]

_CHILD = Path(__file__).with_name("clean_child.py")
_DESCRIBER = Path(__file__).parent.parent / "patch"
_KEPT = 16
"""Descriptions kept in this process: enough for every hop between a handful of releases."""

Description = dict[str, str]


@dataclass(frozen=True, slots=True)
class FreshStart:
    """A release to start from scratch: which tree, which modules in which order, and how."""

    root: Path
    """The unpacked release, or a source tree."""
    modules: tuple[str, ...]
    """What is imported, in this order."""
    packages: tuple[str, ...]
    """The top-level packages and modules that belong to the release; only these are described."""
    timeout: float
    """Seconds for everything the child does."""
    replaces: Path | None = None
    """The root on this process's import path that `root` stands in for; None: `root` goes first."""
    extra_path: tuple[str, ...] = ()
    """Import path entries to put after `root`."""
    preload: tuple[str, ...] = ()
    """Modules to import before those of the release, as the server that runs it does."""
    tolerate: bool = False
    """A module that raises is noted in the description and is not an error."""
    hash_seed: int | None = None
    """`PYTHONHASHSEED` of the child; None: that of the environment, random as a rule."""
    memory: int | None = None
    """Bytes that the child may allocate beyond what this process has (Linux only); None: without a bound."""


def import_fresh(
    root: Path,
    modules: Sequence[str],
    *,
    timeout: float,
    extra_path: Sequence[str | Path] = (),
    replaces: Path | None = None,
    preload: Sequence[str] = (),
    tolerate: bool = False,
    memory: int | None = None,
) -> Mapping[str, str]:
    """Import `modules` of the release at `root`, in order, in a clean child interpreter.

    Returns the modules that failed and how, which is empty unless `tolerate`. Raises
    `ReleaseDoesNotImport` naming the module and the last line of the traceback.
    """
    start = FreshStart(
        root,
        tuple(modules),
        packages=(),
        timeout=timeout,
        replaces=replaces,
        extra_path=tuple(str(path) for path in extra_path),
        preload=tuple(preload),
        tolerate=tolerate,
        memory=memory,
    )
    with _Child(start, describe=False) as child:
        return child.answer().failed


def describe_fresh(
    root: Path,
    modules: Sequence[str],
    *,
    packages: Sequence[str],
    timeout: float,
    hash_seed: int | None = None,
    replaces: Path | None = None,
    preload: Sequence[str] = (),
    tolerate: bool = False,
) -> Description:
    """The description of a fresh start of the release at `root`; see `FreshStart` for the arguments.

    Paths under `root` appear in it as `<root>`. A module that could not be imported (with `tolerate`) has
    the single entry `module:.import`. Kept per content of the release: a second call starts no child.
    """
    start = FreshStart(
        root,
        tuple(modules),
        packages=tuple(packages),
        timeout=timeout,
        replaces=replaces,
        preload=tuple(preload),
        tolerate=tolerate,
        hash_seed=hash_seed,
    )
    return describe_starts(start)[0]


def call_in_start(
    start: FreshStart, call: str, argument: Mapping[str, object]
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """Call `package.module:function` with `argument` in a fresh start, and return what it returned.

    Argument and result are mappings of what `marshal` knows. Also returns which modules failed to import and
    how, which are none unless `tolerate`. Raises `ReleaseDoesNotImport`.
    """
    with _Child(start, describe=False, call=call, argument=argument) as child:
        answer = child.answer()
    return answer.told, answer.failed


def describe_starts(*starts: FreshStart) -> tuple[Description, ...]:
    """The descriptions of several fresh starts, whose children run side by side."""
    keys = [_key(start) for start in starts]
    with contextlib.ExitStack() as stack:
        missing = {key: start for key, start in zip(keys, starts, strict=True) if key not in _kept}
        children = {key: stack.enter_context(_Child(start, describe=True)) for key, start in missing.items()}
        made = {key: child.answer().description for key, child in children.items()}
    for key, description in made.items():
        _kept[key] = description
    answers = tuple(_kept[key] for key in keys)
    for key in keys:
        _kept.move_to_end(key)
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return answers


_kept: OrderedDict[str, Description] = OrderedDict()


@dataclass(frozen=True, slots=True)
class _Answer:
    failed: dict[str, str]
    told: Mapping[str, object]

    @property
    def description(self) -> Description:
        failures = {f"{name}:.import": f"fails: {last}" for name, last in self.failed.items()}
        return {path: str(text) for path, text in self.told.items()} | failures


class _Child(CleanInterpreter):
    """A clean interpreter that imports a release, and then does what it is asked to."""

    def __init__(
        self,
        start: FreshStart,
        *,
        describe: bool,
        call: str | None = None,
        argument: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        job = _job(start, describe=describe) | {"call": call, "argument": dict(argument)}
        super().__init__(_CHILD, job, hash_seed=start.hash_seed, memory=start.memory)
        self._start = start

    def answer(self) -> _Answer:
        """What the child found out. Raises `ReleaseDoesNotImport`."""
        try:
            status = self.wait(self._start.timeout)
        except subprocess.TimeoutExpired:
            raise self._refusal(self._module(), self._standing()) from None
        records = self.records()
        words, fields = (records[-1][0], records[-1][1:]) if records else ("nothing", ("",))
        failed = {name: last for word, name, last, _ in (r for r in records if r[0] == "failed")}
        if words == "done":
            return _Answer(failed, fields[0])
        if words == "failed":
            raise self._refusal(fields[0], _with_place(fields[1], fields[2]))
        if words in ("describing", "calling", "broken", "nothing"):
            raise self._broken(status, fields[-1])
        raise self._refusal(fields[0], ending(status))

    def _module(self) -> str:
        names = [str(record[1]) for record in self.records() if record[0] == "importing"]
        return names[-1] if names else "the interpreter"

    def _standing(self) -> str:
        lines = self.errors().splitlines()
        places = [line.strip() for line in lines if line.startswith("  File ")]
        where = next((place for place in places if str(self._start.root) in place), "".join(places[:1]))
        return f"no end within {self._start.timeout:g} s" + (f" ({where})" if where else "")

    def _refusal(self, module: str, got: str) -> ReleaseDoesNotImport:
        return ReleaseDoesNotImport(
            expected=f"{module} of {self._start.root.name} to import in a clean interpreter",
            got=got,
            do="mend the release and build it again",
        )

    def _broken(self, status: int, told: object) -> InternalError:
        tail = self.errors()[-2000:]
        return InternalError(
            expected=f"an answer about {self._start.root.name} from a clean interpreter",
            got=f"{ending(status)}: {told}{tail}",
            do="report this, with the release if you can",
        )


def _job(start: FreshStart, *, describe: bool) -> dict[str, object]:
    return {
        "path": _path(start),
        "argv": [str(argument) for argument in sys.argv],
        "modules": [*start.preload, *start.modules],
        "packages": list(start.packages),
        "tolerate": start.tolerate,
        "timeout": start.timeout,
        "describe": str(_DESCRIBER) if describe else None,
        "roots": {str(path): "<root>" for path in {start.root, start.root.resolve()}},
    }


def _path(start: FreshStart) -> list[str]:
    return import_path(start.root, replaces=start.replaces, extra=start.extra_path)


def _with_place(last: str, trace: str) -> str:
    places = [line.strip() for line in trace.splitlines() if line.startswith('  File "')]
    return f"{last} ({places[-1]})" if places and "File" not in last else last


def _key(start: FreshStart) -> str:
    """Everything that a fresh start depends on, as far as it can be seen from here."""
    digest = hashlib.sha256()
    for part in (
        repr((replace(start, timeout=0), sys.argv, _path(start), sys.flags.optimize, sys.warnoptions)),
        sys.version,
        repr(sorted(os.environ.items())),
    ):
        digest.update(part.encode(errors="surrogateescape") + b"\0")
    for path in _files(start):
        digest.update(f"{path.relative_to(start.root)}\0".encode(errors="surrogateescape"))
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _files(start: FreshStart) -> Iterator[Path]:
    tops = [start.root / name for name in start.packages] + sorted(start.root.glob("*.dist-info"))
    singles = [start.root / f"{name}.py" for name in start.packages]
    folders = [path for top in tops for path in sorted(top.rglob("*")) if "__pycache__" not in path.parts]
    return (path for path in [*singles, *folders] if path.is_file())
