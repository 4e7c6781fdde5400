"""The child interpreter in which transforms run; `transforms.run_transforms` starts it and reads its report.

One JSON object a line on what was standard output: `begin` (transform, direction), then `result`
(instructions) or `fault` (expected, got, do, instruction); `done` at the end. What a transform prints goes to
standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TextIO, cast

from packaging.version import Version

from .fields import items, mapping, required
from .instructions import Instruction, instruction_from_json
from .transforms import Transform

__all__ = ["answer"]

_WHAT = "a request to transforms"
_MEND = "mend the transform; it can be called by hand with the instructions of `upward plan --json`"


class _FaultyError(Exception):
    """A transform is wrong; the arguments are the fields of the report."""

    def __init__(self, expected: str, got: str, do: str = _MEND, instruction: str | None = None) -> None:
        super().__init__(expected, got)
        self.report = {"expected": expected, "got": got, "do": do, "instruction": instruction}


def answer(request: Mapping[str, object]) -> None:
    """Run the transforms of a request and report on each."""
    report = _report_stream()
    try:
        _run(request, lambda **line: print(json.dumps(line), file=report, flush=True))
    except _FaultyError as fault:
        print(json.dumps({"event": "fault", **fault.report}), file=report, flush=True)
    else:
        print(json.dumps({"event": "done"}), file=report, flush=True)


def _report_stream() -> TextIO:
    """Standard output for us alone: file descriptor 1 becomes standard error before user code runs."""
    ours = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return ours


def _run(request: Mapping[str, object], say: Callable[..., None]) -> None:
    app = required(request, "app", str, _WHAT)
    versions = Version(required(request, "v1", str, _WHAT)), Version(required(request, "v2", str, _WHAT))
    steps = {way: tuple(map(instruction_from_json, items(request, way, _WHAT))) for way in ("up", "down")}
    for item in items(request, "transforms", _WHAT):
        use = mapping(item, "a transform")
        path = required(use, "path", str, "a transform")
        options = mapping(use.get("options", {}), "options")
        say(event="begin", transform=path, direction="load")
        transform = _load(path)
        for way in ("up", "down"):
            say(event="begin", transform=path, direction=way)
            call = getattr(transform, way)
            result = _called(call, app, *versions, steps[way], dict(options))
            steps[way] = _instructions(result)
            say(event="result", instructions=[_plain(step) for step in steps[way]])


def _load(path: str) -> Transform:
    module, _, name = path.partition(":")
    found = _called(attrgetter(name), _called(importlib.import_module, module))
    transform = _called(found) if isinstance(found, type) else found
    for way in ("up", "down"):
        if not callable(getattr(transform, way, None)):
            raise _FaultyError("a transform with methods `up` and `down`", f"no `{way}` on {transform!r}")
    return cast(Transform, transform)


def _called(call: Callable[..., object], *args: object) -> object:
    """The result of user code; whatever it raises, `sys.exit` included, is its fault and is reported."""
    try:
        return call(*args)
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        got = f"{type(error).__name__}: {error} ({os.path.basename(last.filename)}, line {last.lineno})"  # noqa: PTH119
        raise _FaultyError("a transform that does not raise", got) from error


def _instructions(result: object) -> tuple[Instruction, ...]:
    if not isinstance(result, Sequence) or isinstance(result, str | bytes):
        raise _FaultyError("a list of instructions", repr(result))
    for step in result:
        if not isinstance(step, Instruction):
            raise _FaultyError("instructions only", f"a {type(step).__name__}", instruction=repr(step))
    return tuple(result)


def _plain(step: Instruction) -> dict[str, object]:
    data = step.to_json()
    try:
        json.dumps(data)
    except (TypeError, ValueError) as error:
        raise _FaultyError("an instruction of plain values", str(error), instruction=repr(step)) from error
    return data
