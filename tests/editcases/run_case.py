"""Run one edit case in this process: run_case.py CASE_DIR [--noop].

Prints one JSON document, `{"status": "pass" | "fail", "detail": …}`, and leaves by `os._exit`: what the case
did to the interpreter goes with it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from upward_asgi.testing import HotSwap, NotHot, UpgradeFailed, hot_swap

sys.dont_write_bytecode = True


class SwapError(Exception):
    """The new release was refused; the old one goes on."""


class Harness:
    """What a probe is given: it swaps releases, keeps session objects, and goes back."""

    def __init__(self, root: Path, *, noop: bool) -> None:
        self.root, self.noop = root, noop
        self.running = "v1"
        self.sessions: list[object] = []
        self.last: tuple[HotSwap | None, str] = (None, "v1")
        """The last swap and what ran before it; older ones are let go, as a server lets them go."""

    def swap(self, to: str = "v2", timeout: float = 10.0) -> None:
        """Upgrade or downgrade this process; raises `SwapError` when the release is refused."""
        self.last = (None, self.running)
        try:
            done = None if self.noop else self._hot_swap(to, timeout)
        except (NotHot, UpgradeFailed) as error:
            raise SwapError(str(error)) from error
        self.last = (done, self.running)
        self.running = to

    def refused(self, to: str = "v2", timeout: float = 10.0) -> bool:
        """True when the release is refused."""
        try:
            self.swap(to, timeout)
        except SwapError:
            return True
        return False

    def undo(self) -> None:
        """Undo the last swap through its journal."""
        done, self.running = self.last
        if done is not None:
            done.undo()

    def session(self, **state: object) -> SimpleNamespace:
        """An open session's bag of attributes."""
        made = SimpleNamespace(**state)
        self.sessions.append(made)
        return made

    def _hot_swap(self, to: str, timeout: float) -> HotSwap:
        roots = self.root / self.running, self.root / to
        return hot_swap(*roots, sessions=self.sessions, timeout=timeout)


def run(case: Path, *, noop: bool) -> dict[str, str]:
    """Run a case's probe; the result as plain values."""
    root = Path(tempfile.mkdtemp(prefix="editcase-")).resolve()
    for release in case.glob("v[0-9]"):
        shutil.copytree(release, root / release.name)
    sys.path.insert(0, str(root / "v1"))
    os.chdir(root)
    try:
        _probe(case / "probe.py", Harness(root, noop=noop))
    except BaseException as error:  # a probe may end in any way; the parent wants to know which
        if os.environ.get("CASE_TB"):
            traceback.print_exc()
        return {"status": "fail", "detail": f"{type(error).__name__}: {str(error)[:600]}{_place(error)}"}
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return {"status": "pass", "detail": ""}


def _probe(path: Path, harness: Harness) -> None:
    names = ("swap", "refused", "undo", "session")
    namespace: dict[str, Any] = {name: getattr(harness, name) for name in names}
    namespace |= {"__name__": "__probe__", "__file__": str(path), "SwapError": SwapError}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    if inspect.iscoroutinefunction(namespace.get("main")):
        asyncio.run(namespace["main"]())


def _place(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith("probe.py")]
    return f" at probe.py:{frames[-1].lineno}: {frames[-1].line}" if frames else ""


if __name__ == "__main__":
    out = os.dup(1)
    outcome = run(Path(sys.argv[1]).resolve(), noop="--noop" in sys.argv)
    os.write(out, ("\n@@RESULT " + json.dumps(outcome) + "\n").encode())
    os._exit(0)
