"""Transforms: users' passes over the instructions of an appup.

The idea is that of Distillery's appup transforms: a pass gets the steps that were made, and returns the
steps to take. A transform belongs to the *new* release, for both ways, and is run when its appup is made:
never in the process that serves. It runs in a child interpreter of its own whose imports start at the
new release, so it may import what it likes of the application, and gets that release's code; the process
that asked (a server, perhaps, with the old release loaded) imports nothing and can be neither changed,
ended nor held up by it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from packaging.version import Version

from ..errors import InternalError, TransformError
from .fields import items, mapping
from .instructions import Apply, Instruction, instruction_from_json
from .settings import TransformUse

__all__ = ["ApplyAfter", "Check", "Fault", "Transform", "run_transforms"]

TIME_LIMIT = 30.0
"""Seconds that all transforms of one appup may take together, the child's own start included."""

_BOOTSTRAP = (
    "import json, sys; request = json.load(sys.stdin); sys.path[:] = request['path'];"
    "from upward_asgi.appup.transform_child import answer; answer(request)"
)


class Transform(Protocol):
    """What a user writes: a class without arguments (or an instance) with these two methods.

    `app` is the distribution's name; `v1` is the older release and `v2` the newer one in both methods;
    `instructions` lead from v1 to v2 in `up`, from v2 back to v1 in `down`; `opts` are the options from
    `[tool.upward]`. Each returns the instructions to use instead, the same ones when nothing is to change.
    """

    def up(
        self,
        app: str,
        v1: Version,
        v2: Version,
        instructions: Sequence[Instruction],
        opts: Mapping[str, object],
    ) -> Sequence[Instruction]:
        """The steps to take from `v1` to `v2`."""
        ...

    def down(
        self,
        app: str,
        v1: Version,
        v2: Version,
        instructions: Sequence[Instruction],
        opts: Mapping[str, object],
    ) -> Sequence[Instruction]:
        """The steps to take from `v2` back to `v1`."""
        ...


class ApplyAfter:
    """Calls a function of yours after the patch: `{up = "pkg.mod:function", down = "pkg.mod:function"}`.

    Either option may be left out. With `release = "1.0.3"` it acts only on the upgrade to that release and
    on the way back from it. The function gets no arguments and runs inside the transaction: when it raises,
    the upgrade is undone. The one for the way down runs in the older release, so that release must have it.
    """

    def up(
        self,
        app: str,
        v1: Version,
        v2: Version,
        instructions: Sequence[Instruction],
        opts: Mapping[str, object],
    ) -> Sequence[Instruction]:
        """The instructions, with the call of option `up` at the end."""
        return (*instructions, *_calls(opts, "up", v2))

    def down(
        self,
        app: str,
        v1: Version,
        v2: Version,
        instructions: Sequence[Instruction],
        opts: Mapping[str, object],
    ) -> Sequence[Instruction]:
        """The instructions, with the call of option `down` at the end."""
        return (*instructions, *_calls(opts, "down", v2))


def _calls(opts: Mapping[str, object], direction: str, newer: Version) -> tuple[Instruction, ...]:
    unknown = sorted(set(opts) - {"up", "down", "release"})
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}: ApplyAfter takes up, down and release")
    if "release" in opts and Version(str(opts["release"])) != newer:
        return ()
    target = opts.get(direction)
    if target is None:
        return ()
    module, colon, function = str(target).partition(":")
    if not (module and colon and function):
        raise ValueError(f"option {direction!r} must be 'pkg.mod:function', not {target!r}")
    return (Apply(module, function),)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an instruction that a transform made."""

    expected: str
    got: str
    do: str


Check = Callable[[str, Instruction], Fault | None]
"""`(direction, instruction)`: does it fit the two releases? See `transform_checks.tree_check`."""


def run_transforms(
    uses: Sequence[TransformUse],
    up: Sequence[Instruction],
    down: Sequence[Instruction],
    *,
    app: str,
    old: Version,
    new: Version,
    root: Path,
    check: Check,
    timeout: float = TIME_LIMIT,
) -> tuple[tuple[Instruction, ...], tuple[Instruction, ...]]:
    """The instructions up and down after all transforms, in order; `root` is the new release's tree.

    After each transform its result is validated: typed instructions, and every one that was not there before
    passes `check`. Raises `TransformError` for the first transform that cannot be loaded, raises, hangs for
    more than `timeout` seconds, ends its process or returns what is not valid.
    """
    if not uses:
        return tuple(up), tuple(down)
    request = {
        "path": _import_path(root),
        "app": app,
        "v1": str(old),
        "v2": str(new),
        "transforms": [use.to_json() for use in uses],
        "up": [instruction.to_json() for instruction in up],
        "down": [instruction.to_json() for instruction in down],
    }
    run = _Run(timeout, check, {"up": tuple(up), "down": tuple(down)})
    for line in run.lines(request):
        run.take(line)
    return run.result()


def _import_path(root: Path) -> list[str]:
    """The new release first, then what this process imports from, and at the end where we are ourselves.

    The empty entry, the current folder, is left out: it may well hold another state of the application.
    """
    entries = (root, *(Path(entry) for entry in sys.path if entry), Path(__file__).parents[2])
    return list(dict.fromkeys(str(entry.resolve()) for entry in entries))


class _Run:
    """Reads what the child reports, line by line, and holds the last valid instructions.

    A `begin` line comes before each call, so that a child that is gone still names the one to blame.
    """

    def __init__(self, timeout: float, check: Check, before: dict[str, tuple[Instruction, ...]]) -> None:
        self.timeout = timeout
        self.check = check
        self.before = before
        self.transform = "the first transform"
        self.direction = "load"
        self.end = ""

    def lines(self, request: Mapping[str, object]) -> list[Mapping[str, object]]:
        command = [sys.executable, "-I", "-B", "-c", _BOOTSTRAP]
        try:
            done = subprocess.run(
                command,
                input=json.dumps(request).encode(),
                capture_output=True,
                timeout=self.timeout,
                check=False,
            )
            output, self.end = done.stdout, _ending(done.returncode, done.stderr)
        except subprocess.TimeoutExpired as error:
            output, self.end = error.stdout or b"", f"no answer within {self.timeout:g} s"
        whole = output.rpartition(b"\n")[0]
        return [mapping(json.loads(line), "a transform's report") for line in whole.splitlines()]

    def take(self, line: Mapping[str, object]) -> None:
        match line.get("event"):
            case "begin":
                self.transform, self.direction = str(line["transform"]), str(line["direction"])
            case "fault":
                instruction = line.get("instruction")
                raise self.error(
                    Fault(str(line["expected"]), str(line["got"]), str(line["do"])),
                    None if instruction is None else str(instruction),
                )
            case "result":
                self.before[self.direction] = self.validated(
                    items(line, "instructions", "a transform's report")
                )
            case "done":
                self.end = ""

    def validated(self, answer: Sequence[object]) -> tuple[Instruction, ...]:
        result = tuple(self.instruction(data) for data in answer)
        there = set(self.before[self.direction])
        for instruction in result:
            fault = None if instruction in there else self.check(self.direction, instruction)
            if fault is not None:
                raise self.error(fault, str(instruction))
        return result

    def instruction(self, data: object) -> Instruction:
        try:
            return instruction_from_json(data)
        except InternalError as error:
            do = "build it with the classes of upward_asgi.appup.instructions and the types that they name"
            raise self.error(Fault(error.expected, error.got, do), json.dumps(data)) from error

    def result(self) -> tuple[tuple[Instruction, ...], tuple[Instruction, ...]]:
        if self.end:
            raise self.error(
                Fault("a list of instructions", self.end, "run the transform by hand to see why"), None
            )
        return self.before["up"], self.before["down"]

    def error(self, fault: Fault, instruction: str | None) -> TransformError:
        return TransformError(
            transform=self.transform,
            direction=self.direction,
            instruction=instruction,
            expected=fault.expected,
            got=fault.got,
            do=fault.do,
        )


def _ending(status: int, stderr: bytes) -> str:
    """How the child ended, for a person; used only when it did not get to its last report."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    return f"the end of its process (exit status {status}{', ' + lines[-1] if lines else ''})"
