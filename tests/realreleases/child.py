"""One process: load release A, apply B hot, look at the result, and go back. Answers in a JSON file.

    child.py JOB.json

A job is `{"do": "swap" | "fresh", "root", "to", "package", "path", "modules", "answer"}`; see `run.py`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_TESTS = {"tests", "test", "_tests", "__pycache__", "conftest"}


def modules_of(root: Path, package: str) -> Iterator[str]:
    """All modules of the package, sorted, without tests and programs."""
    if not (root / package).is_dir():
        yield package
        return
    for file in sorted((root / package).rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        if _TESTS.isdisjoint(parts) and parts[-1] != "__main__" and all(p.isidentifier() for p in parts):
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def load(names: Iterator[str] | list[str]) -> list[str]:
    """Import what can be imported; the names of the others."""
    failed = []
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:
            failed.append(name)
    return failed


def swap(job: dict[str, Any]) -> dict[str, Any]:
    """Up, undone, up again, then down: what happened at each, and what a second look should compare."""
    package, old, new = job["package"], job["root"], job["to"]
    tried = list(modules_of(Path(old), package))
    answer: dict[str, Any] = {"tried": tried, "failed_imports": load(tried)}
    from snapshot import snapshot

    start = snapshot(package, old)
    limit = job["seconds"] * 0.4
    answer["up"] = up = one_way(package, old, new, start, limit, undo=True)
    if up["outcome"] != "equal":
        return answer
    answer["modules"] = [name for name in sys.modules if name.partition(".")[0] == package]
    answer["snapshot"] = snapshot(package, new)
    if job["both"]:
        answer["down"] = down = one_way(package, new, old, answer["snapshot"], limit, undo=False)
        if down["outcome"] == "equal":
            load(modules_of(Path(old), package))  # one that the newer release lacks nobody else may import
            judge(down, start, snapshot(package, old))
    return answer


def one_way(
    package: str, old: str, new: str, before: dict[str, str], limit: float, *, undo: bool
) -> dict[str, Any]:
    """Apply one difference by the public function, rehearsed for `limit` seconds at most; what came of it."""
    from upward_asgi.errors import UpwardError
    from upward_asgi.testing import NotHot, hot_swap

    def attempt() -> Any:
        return hot_swap(old, new, packages=[package], timeout=limit)

    started = time.perf_counter()
    try:
        swapped = attempt()
        told = {"outcome": "equal", "seconds": time.perf_counter() - started}
        told["pause"] = swapped.report.seconds
        if undo:
            swapped.undo()
            whole(told, package, old, before, "after undo()")
            if told["outcome"] == "equal":
                swapped = attempt()
        if swapped.report.left:
            told["left"] = list(swapped.report.left)
        del swapped
        gc.collect()
        return told
    except NotHot as refusal:
        reasons = [[reason.code, str(reason)] for reason in refusal.reasons]
        told = {"outcome": "refused", "reasons": reasons}
    except UpwardError as error:
        told = {"outcome": "failed", "reasons": [[error.code, f"{error} {_root_cause(error)}"]]}
    except BaseException as error:
        told = {"outcome": "failed", "reasons": [["crash", _root_cause(error)]]}
    told["seconds"] = time.perf_counter() - started
    whole(told, package, old, before, "after what did not succeed")
    if told["outcome"] == "failed" or told["reasons"][0][0] == "differs_from_fresh_start":
        unrehearsed(told, package, old, new, before)
    return told


def unrehearsed(told: dict[str, Any], package: str, old: str, new: str, before: dict[str, str]) -> None:
    """Do to this very process what the rehearsal kept from it: it must be undone whole."""
    from upward_asgi.errors import UpwardError

    try:
        patch = prepared(package, old, new)
    except UpwardError:
        return  # what cannot be prepared was refused before anything could be touched
    try:
        patch.apply().undo()
    except BaseException as error:
        told["unrehearsed"] = _root_cause(error)
    whole(told, package, old, before, "after the patch was applied and undone")


def prepared(package: str, old: str, new: str) -> Any:
    """What `hot_swap` prepares, for this process and without its rehearsal."""
    from upward_asgi.testing import swapping

    release, other = Path(old).resolve(), Path(new).resolve()
    return swapping._prepare(release, other, [package], swapping._settings(other))[1]


def whole(told: dict[str, Any], package: str, root: str, before: dict[str, str], when: str) -> None:
    """Nothing may differ from `before`."""
    from snapshot import differences, snapshot

    found = differences(before, snapshot(package, root))
    if found:
        told["outcome"] = "half-applied"
        told["wrong"] = [f"{when}: {len(found)} differences", *found[:40]]


def judge(told: dict[str, Any], expected: dict[str, str], got: dict[str, str]) -> None:
    """The second look: a difference that the proof let through."""
    from snapshot import differences

    found = differences(expected, got)
    if found:
        told["outcome"] = "wrong"
        told["wrong"] = [f"{len(found)} differences", *found[:40]]


def fresh(job: dict[str, Any]) -> dict[str, Any]:
    """A fresh start of a release, as the second look sees it."""
    from snapshot import snapshot

    load(job["modules"])
    return {"snapshot": snapshot(job["package"], job["root"])}


def _root_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return f"{type(error).__name__}: {error} [{' < '.join(f'{f.name}:{f.lineno}' for f in reversed(frames))}]"


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [job["root"], *(p for p in sys.path if p and Path(p).resolve() != Path(here)), *job["path"]]
    sys.path.append(here)
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115
    sys.argv[:] = ["service"]
    work: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"swap": swap, "fresh": fresh}
    answer = work[job["do"]](job)
    file = Path(job["answer"])
    file.with_suffix(".part").write_text(json.dumps(answer))
    file.with_suffix(".part").replace(file)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
