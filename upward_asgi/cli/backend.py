"""The front end of PEP 517 (https://peps.python.org/pep-0517/): a project's own backend builds its wheel.

If what the backend requires is installed here, it runs here, in a child process; that takes a second and
no network. Otherwise it runs in an environment of its own, made by the `build` package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import BadProject, ConfigurationError

__all__ = ["build_wheel"]

EPOCH = "1580601600"
"""2020-02-02, the time stamped on files when SOURCE_DATE_EPOCH says no other: builds are reproducible."""

# Runs in the child: everything about the call comes in as JSON, the wheel's name goes out through a file,
# because backends print what they like.
_CHILD = """
import functools, importlib, json, sys
call = json.loads(sys.argv[1])
sys.path[:0] = call["path"]
module, _, attribute = call["backend"].partition(":")
backend = functools.reduce(getattr, filter(None, attribute.split(".")), importlib.import_module(module))
if call["hook"] == "build_wheel":
    result = backend.build_wheel(call["out"])
else:
    hook = getattr(backend, call["hook"], None)
    result = hook() if hook else []
with open(call["result"], "w", encoding="utf-8") as file:
    json.dump(result, file)
"""


@dataclass(frozen=True, slots=True)
class _BuildSystem:
    """The section `[build-system]`, with PEP 517's defaults."""

    requires: tuple[str, ...]
    backend: str
    path: tuple[str, ...]


def build_wheel(project: Path, out: Path, *, isolation: bool | None = None) -> Path:
    """Build the wheel of `project` into `out` and return its path.

    `isolation`: None decides by what is installed. Raises `BadProject`; `ConfigurationError` when isolation
    is needed and the `build` package is missing.
    """
    system = _build_system(project)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", EPOCH)}
    if isolation is None:
        isolation = not _met(system.requires) or not _met(_asked(project, system, environment))
    if isolation:
        return _in_isolation(project, out, environment)
    name = _call(project, system, "build_wheel", environment, out)
    return out / str(name)


def _build_system(project: Path) -> _BuildSystem:
    file = project / "pyproject.toml"
    try:
        section = tomllib.loads(file.read_text("utf-8")).get("build-system", {})
        requires = section.get("requires", ["setuptools>=40.8"])
        backend = section.get("build-backend", "setuptools.build_meta:__legacy__")
        path = section.get("backend-path", [])
        return _BuildSystem(tuple(requires), str(backend), tuple(str(project / entry) for entry in path))
    except OSError as error:
        raise BadProject(
            expected=f"a project with a pyproject.toml at {project}",
            got=error.strerror or "none",
            do="name the folder that holds it",
        ) from error
    except (ValueError, AttributeError, TypeError) as error:
        raise BadProject(expected=f"TOML in {file}", got=str(error), do="correct it") from error


def _met(requirements: Iterable[str]) -> bool:
    """True when every requirement is installed here."""
    try:
        return all(_installed(Requirement(text)) for text in requirements)
    except InvalidRequirement:
        return False  # the isolated build says what is wrong with it


def _installed(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def _asked(project: Path, system: _BuildSystem, environment: dict[str, str]) -> list[str]:
    """What the backend requires besides, for this project."""
    found = _call(project, system, "get_requires_for_build_wheel", environment)
    return [str(requirement) for requirement in found] if isinstance(found, list) else []


def _call(
    project: Path, system: _BuildSystem, hook: str, environment: dict[str, str], out: Path | None = None
) -> object:
    with tempfile.TemporaryDirectory(prefix="upward-build-") as folder:
        result = Path(folder) / "result.json"
        call = {
            "backend": system.backend,
            "path": system.path,
            "hook": hook,
            "out": str(out.resolve()) if out else None,
            "result": str(result),
        }
        # -P: the project's folder is not on sys.path, as PEP 517 has it.
        command = [sys.executable, "-P", "-c", _CHILD, json.dumps(call)]
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, errors="replace"
        )
        if done.returncode == 0 and result.is_file():
            found: object = json.loads(result.read_text("utf-8"))
            return found
    raise _failed(project, done.stderr or done.stdout)


def _in_isolation(project: Path, out: Path, environment: dict[str, str]) -> Path:
    try:
        import build
        import build.env
    except ImportError as error:
        raise ConfigurationError(
            expected="what the project's build backend requires, or the `build` package to install it",
            got="neither",
            do="install upward-asgi[build], or what [build-system] requires",
        ) from error

    def run(
        cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        env = {**environment, **(extra_environ or {})}
        subprocess.run(cmd, cwd=cwd, env=env, check=True, capture_output=True)

    try:
        with build.env.DefaultIsolatedEnv() as env:
            builder = build.ProjectBuilder.from_isolated_env(env, project, runner=run)
            env.install(builder.build_system_requires)
            env.install(builder.get_requires_for_build("wheel"))
            return Path(builder.build("wheel", out))
    except subprocess.CalledProcessError as error:
        raise _failed(project, _text(error.stderr) or _text(error.stdout)) from error
    except (build.BuildException, build.BuildBackendException) as error:
        raise _failed(project, _text(getattr(error, "exception", None)) or str(error)) from error


def _text(output: object) -> str:
    if isinstance(output, subprocess.CalledProcessError):
        return _text(output.stderr) or _text(output.stdout)
    return output.decode("utf-8", "replace") if isinstance(output, bytes) else str(output or "")


def _failed(project: Path, output: str) -> BadProject:
    tail = "\n".join(output.strip().splitlines()[-12:])
    return BadProject(
        expected=f"a project at {project} that its own build backend can build",
        got=f"this from it:\n{tail}\n",
        do="mend the project; `python -m build --wheel` shows the same",
    )
