"""Run by a test as a program: fork a child for each durable step of a scenario, and SIGKILL it there.

Arguments: the folder with the wheels, the folder for the stores. Each child works on a store of its own
(named for the step it dies at) and is killed before its n-th durable call. The last store is that of a
child that lived to the end. Prints the number of children that were killed.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from upward_asgi.store import Store

STEPS = ("fsync", "replace", "symlink", "mkdir", "unlink")


def scenario(store: Path, wheels: Path) -> None:
    """Everything that changes a store, once."""
    opened = Store.create(store)
    opened.unpack(wheels / "board-1.0.0-py3-none-any.whl")
    opened.boot()
    opened.unpack(wheels / "board-1.0.1-py3-none-any.whl")
    opened.make_current("1.0.1")
    opened.make_permanent("1.0.1")
    opened.mark_failed("1.0.0", "too old")


def die_at(step: int) -> None:
    """From now on the process is killed at its `step`-th durable call."""
    left = [step]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    opening = io.open  # what Path.open calls

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        stream = opening(file, mode, *args, **kwargs)
        return stream if mode.startswith("r") else counted(lambda: stream)()

    io.open = opened  # killed with the file made, or emptied, and nothing in it yet


def main(wheels: Path, stores: Path) -> None:
    step = 0
    while True:
        child = os.fork()
        if child == 0:
            die_at(step)
            scenario(stores / f"{step}", wheels)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break
        step += 1
    sys.stdout.write(f"{step}\n")
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
