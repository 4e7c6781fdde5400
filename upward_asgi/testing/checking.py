"""Two releases and recorded sessions: is the way between them what it should be?

Each check runs in a clean interpreter of its own: the older release boots there from a store, the recorded
sessions connect (without sockets) and get their recorded states, and the real engine upgrades them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from ..errors import ConfigurationError, UpgradeFailed

__all__ = ["CheckReport", "UpgradeCheck"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What became of the sessions."""

    sessions: int
    """How many there were."""
    states: tuple[str, ...]
    """Each session's state afterwards, as `repr` shows it."""
    answers: tuple[str, ...]
    """What the sessions answered, in `with_traffic`."""
    operation: dict[str, object]
    """The last operation, as the admin API would show it."""


class UpgradeCheck:
    """Checks of the way from the wheel `old` to the wheel `new`, one of its patch releases.

    `app` is `package.module:attribute`. The sessions are those of `recording` (see `record`), or one fresh
    session for each of `paths`. `headers` go with every connection, for applications that ask who it is.
    `timeout` is for each check, in seconds. Every check raises `UpgradeFailed`, which says what was expected
    and what came.
    """

    def __init__(
        self,
        app: str,
        *,
        old: Path | str,
        new: Path | str,
        recording: Path | str | None = None,
        paths: Sequence[str] = (),
        headers: Sequence[tuple[str, str]] = (),
        timeout: float = 120.0,
    ) -> None:
        if (recording is None) is (not paths):
            raise ConfigurationError(
                expected="a recording of sessions, or paths to connect to",
                got="both" if paths else "neither",
                do='give recording="states.pickle", or paths=["/ws"]',
            )
        self._job: dict[str, object] = {
            "app": app,
            "wheels": [str(Path(old).resolve()), str(Path(new).resolve())],
            "recording": None if recording is None else str(Path(recording).resolve()),
            "paths": list(paths),
            "headers": [list(header) for header in headers],
        }
        self._timeout = timeout

    @classmethod
    def of_newest(cls, app: str, wheels: Path | str, **options: object) -> UpgradeCheck:
        """The check of the newest wheel in a folder against the patch release before it."""
        old, new = _newest(Path(wheels))
        return cls(app, old=old, new=new, **options)  # type: ignore[arg-type]

    def up(self) -> CheckReport:
        """Every session follows to the new release."""
        return self._run("up")

    def down(self) -> CheckReport:
        """Every session follows to the new release and back to the old one."""
        return self._run("down")

    def round_trip(self) -> CheckReport:
        """After the way up and back down, every state equals what it was: `down(up(s)) == s`."""
        return self._run("round_trip")

    def failing_at(self, number: int) -> CheckReport:
        """When the `number`-th session (from 1) fails in the live process, every state is as it was."""
        return self._run("failing_at", number=number)

    def with_traffic(self, message: str, times: int = 5) -> CheckReport:
        """Each session sends `message` before, during and after the upgrade; every one is answered, once."""
        return self._run("with_traffic", message=message, times=times)

    def _run(self, check: str, **arguments: object) -> CheckReport:
        with tempfile.TemporaryDirectory(prefix="upward-check-") as folder:
            job = {**self._job, "check": check, "arguments": arguments, "folder": folder}
            answer = _in_clean_process(job, self._timeout)
        if "failed" in answer:
            raise UpgradeFailed(**answer["failed"])
        return CheckReport(
            sessions=answer["sessions"],
            states=tuple(answer["states"]),
            answers=tuple(answer["answers"]),
            operation=answer["operation"],
        )


# Any: what the other process says, as JSON.
def _in_clean_process(job: dict[str, object], timeout: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "upward_asgi.testing.child"]
    try:
        done = subprocess.run(
            command, input=json.dumps(job), capture_output=True, text=True, check=False, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise UpgradeFailed(
            expected=f"the check to end within {timeout:g} s",
            got="no end",
            do="see what hangs, or allow more",
        ) from None
    file = Path(str(job["folder"])) / "answer.json"
    if file.exists():
        answer: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return answer
    raise UpgradeFailed(
        expected="the check to run in a clean interpreter",
        got=f"exit status {done.returncode}: {done.stderr[-2000:]}",
        do="see the traceback; the application must import where the tests run",
    )


def _newest(folder: Path) -> tuple[Path, Path]:
    found = sorted((version, path) for version, path in _versions(folder))
    if len(found) >= 2 and _same_line(found[-2][0], found[-1][0]):
        return found[-2][1], found[-1][1]
    raise ConfigurationError(
        expected=f"a wheel and one of its patch releases in {folder}",
        got=", ".join(path.name for _, path in found) or "no wheel",
        do="build both with `upward build --out DIR`",
    )


def _versions(folder: Path) -> list[tuple[Version, Path]]:
    return [(parse_wheel_filename(path.name)[1], path) for path in folder.glob("*.whl")]


def _same_line(old: Version, new: Version) -> bool:
    return (old.major, old.minor) == (new.major, new.minor)
