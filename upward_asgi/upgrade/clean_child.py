"""What a clean child interpreter runs: import the modules in order, then describe them, or call a function.

Started by `clean` as a script, never imported. Nothing but built-in modules is imported before the
release's own, so that the child is as bare as a fresh start is, and starts as fast. The job is read from
the file whose descriptor is the only argument; the answer is written there as a row of marshalled tuples:
what is being imported, what failed, and at the end `("done", description)`. Instead of describing, the child
may call a function of ours; then it is `("done", what it returned)`.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # built in, and `signal` is not
import faulthandler
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _main(box: int) -> None:
    job = marshal.loads(_read(box))
    os.lseek(box, 0, os.SEEK_SET)
    os.ftruncate(box, 0)
    # Shows where an import hangs, just before the parent's time limit kills this process.
    faulthandler.dump_traceback_later(job["timeout"] * 0.9, file=2)
    faulthandler.enable(file=2)
    # Should the parent be gone by then, nobody else ends this process.
    _signal.alarm(int(job["timeout"]) + 10)
    sys.path[:] = job["path"]
    sys.argv[:] = job["argv"]
    for name in job["modules"]:
        _tell(box, "importing", name)
        try:
            __import__(name)
        except BaseException as error:
            _tell(box, "failed", name, *_words(error))
            if not job["tolerate"]:
                return
    if job["call"] is not None:
        _tell(box, "calling", job["call"])
        _tell(box, "done", _called(job["call"], job["argument"]))
        return
    if job["describe"] is None:
        _tell(box, "done", {})
        return
    _tell(box, "describing", "")
    _tell(box, "done", _description(job["describe"], job["packages"], job["roots"]))


def _called(target: str, argument: dict[str, object]) -> dict[str, object]:
    import importlib

    module, _, name = target.partition(":")
    return dict(getattr(importlib.import_module(module), name)(argument))


def _description(folder: str, packages: list[str], roots: dict[str, str]) -> dict[str, str]:
    # The describer under a name of its own: the release may hold, or be, any other `upward_asgi`.
    import types

    proof = types.ModuleType("_upward_proof")
    proof.__path__ = [folder]
    sys.modules["_upward_proof"] = proof
    modules = {
        name: module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in packages and isinstance(module, types.ModuleType)
    }
    from _upward_proof.describe import describe  # type: ignore[import-not-found]

    return dict(describe(modules, roots=roots))


def _words(error: BaseException) -> tuple[str, str]:
    import traceback

    try:
        last = traceback.format_exception_only(error)[-1].strip()
        return last, "".join(traceback.format_exception(error))
    except Exception as also:  # an exception whose own methods raise: its type is all there is to say
        return type(error).__name__, f"no traceback: {type(also).__name__}"


def _tell(box: int, *record: Any) -> None:
    data = memoryview(marshal.dumps(record))
    while data:
        data = data[os.write(box, data) :]


def _read(box: int) -> bytes:
    os.lseek(box, 0, os.SEEK_SET)
    chunks = []
    while chunk := os.read(box, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)


if __name__ == "__main__":
    box = int(sys.argv[1])
    try:
        _main(box)
    except BaseException as error:
        _tell(box, "broken", "", *_words(error))
    finally:
        # Threads and exit handlers that the release started at import must not hold this process.
        os._exit(0)
