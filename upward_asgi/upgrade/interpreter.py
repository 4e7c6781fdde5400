"""A script of ours at work in a clean interpreter: started with a job, asked for its answer, ended for sure.

The interpreter is this one with the same environment and options. It writes no bytecode, so it changes
nothing in a release. What it starts itself is in its own session, and ends with it.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from .forked_child import address_space

__all__ = ["CleanInterpreter", "ending", "import_path"]

Record = tuple[Any, ...]  # of what marshal knows


class CleanInterpreter:
    """Runs `script` with the descriptor of a file as its only argument; leaving the context ends it.

    The file holds the job, marshalled; the script writes its answer there as a row of marshalled tuples.
    `memory` is what it may allocate beyond what this process has, in bytes (Linux only).
    """

    def __init__(
        self,
        script: Path,
        job: Mapping[str, object],
        *,
        hash_seed: int | None = None,
        memory: int | None = None,
    ) -> None:
        self._script = script
        self._job = dict(job)
        self._hash_seed = hash_seed
        self._memory = memory

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._box = stack.enter_context(tempfile.TemporaryFile())
            self._errors = stack.enter_context(tempfile.TemporaryFile())
            self._box.write(marshal.dumps(self._job))
            self._box.flush()
            self._process = subprocess.Popen(
                _command(self._script, self._box.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=(self._box.fileno(),),
                env=_environment(self._hash_seed),
                start_new_session=True,
            )
            _bound_memory(self._process.pid, self._memory)
            self._files = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        # Processes that the release started at import are in the child's own session.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._files.close()

    def wait(self, timeout: float) -> int:
        """The exit status, negative for a signal. Raises `TimeoutExpired` after `timeout` seconds."""
        return self._process.wait(timeout)

    def records(self) -> list[Record]:
        """What the script has answered so far."""
        return list(self._read())

    def errors(self) -> str:
        """What was written to standard error."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def _read(self) -> Iterator[Record]:
        self._box.seek(0)
        # The last record is cut when the child was killed.
        with contextlib.suppress(EOFError, ValueError, TypeError):
            while True:
                yield marshal.load(self._box)


def import_path(root: Path, *, replaces: Path | None = None, extra: tuple[str, ...] = ()) -> list[str]:
    """This process's import path with `root` (and `extra` after it) where `replaces` stood, else in front."""
    new = [str(root), *extra]
    gone = set() if replaces is None else {replaces.resolve()}
    here = [entry or str(Path.cwd()) for entry in sys.path]
    position = next((i for i, entry in enumerate(here) if Path(entry).resolve() in gone), None)
    if position is None:
        return new + here
    rest = [entry for entry in here[position:] if Path(entry).resolve() not in gone]
    return here[:position] + new + rest


def ending(status: int) -> str:
    """How a process with this exit status ended, in words."""
    if status >= 0:
        return f"an exit of the process with status {status}"
    names = {s.value: s.name for s in signal.Signals}
    return f"a crash of the process by {names.get(-status, f'signal {-status}')}"


def _bound_memory(pid: int, memory: int | None) -> None:
    used = address_space()
    if memory is None or used is None:
        return
    with contextlib.suppress(ProcessLookupError):  # it ended at once: somebody else says how
        _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
        resource.prlimit(pid, resource.RLIMIT_AS, (used + memory, hard))


def _command(script: Path, box: int) -> list[str]:
    optimised = ["-" + "O" * sys.flags.optimize] if sys.flags.optimize else []
    warned = [f"-W{option}" for option in sys.warnoptions]
    return [sys.executable, "-B", *optimised, *warned, str(script), str(box)]


def _environment(hash_seed: int | None) -> dict[str, str]:
    seed = {} if hash_seed is None else {"PYTHONHASHSEED": str(hash_seed)}
    return {**os.environ, **seed}
