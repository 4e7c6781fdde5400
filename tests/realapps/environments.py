"""What an application needs to run: its wheels, and an environment with its first release's requirements."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

__all__ = ["App", "Cache", "read_apps"]

_ENGINE = (
    "installer",
    "filelock",
    "packaging",
    "click",
    "anyio",
    "starlette",
    "uvicorn[standard]",
    "websockets",
)


@dataclass(frozen=True, slots=True)
class App:
    """One application: its releases, how it is served, what is asked of it."""

    name: str
    versions: tuple[str, ...]
    target: str
    requests: tuple[str, ...]
    needs: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    socket: str | None = None
    replies: Mapping[str, str] = field(default_factory=dict)
    """What the WebSocket answers to which message."""
    hide: tuple[str, ...] = ()


def read_apps(file: Path) -> tuple[App, ...]:
    """The applications of `apps.toml`."""
    entries = tomllib.loads(file.read_text())["app"]
    lists = ("versions", "requests", "needs", "hide")
    return tuple(App(**{k: tuple(v) if k in lists else v for k, v in entry.items()}) for entry in entries)


class Cache:
    """A folder with wheels and environments; what is there is not fetched again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.wheels = self.folder / "wheels"
        self.wheels.mkdir(parents=True, exist_ok=True)

    def python(self, app: App) -> Path:
        """The interpreter of an environment that has what the first release needs, but not the release."""
        folder = self.folder / f"env-{app.name}"
        python = folder / "bin" / "python"
        if not (folder / "ready").exists():
            venv.create(folder, with_pip=True, clear=True, symlinks=True)
            _pip(python, "install", f"{app.name}=={app.versions[0]}", *app.needs, *_ENGINE)
            _pip(python, "uninstall", "--yes", app.name)
            (folder / "ready").touch()
        return python

    def wheel(self, app: App, version: str) -> Path:
        """The published wheel of a release."""
        found = self._found(app.name, version)
        if found is None:
            name = f"{app.name}=={version}"
            _pip(Path(sys.executable), "download", "--no-deps", "--dest", str(self.wheels), name)
            found = self._found(app.name, version)
        assert found is not None, f"no wheel of {app.name} {version}"
        return found

    def _found(self, name: str, version: str) -> Path | None:
        for wheel in self.wheels.glob("*.whl"):
            of, at, _, _ = parse_wheel_filename(wheel.name)
            if of == canonicalize_name(name) and at == Version(version):
                return wheel
        return None


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"pip {' '.join(arguments)}: {done.stderr[-600:]}")
