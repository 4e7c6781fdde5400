"""A project's own PEP 517 backend, run through the `build` package.

Source: https://peps.python.org/pep-0517/. `build` is an extra (`upward-asgi[build]`): only who builds
releases needs it, the server does not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadProject, ConfigurationError

if TYPE_CHECKING:
    from build import ProjectBuilder

__all__ = ["EPOCH", "run_backend"]

EPOCH = "1580601600"
"""SOURCE_DATE_EPOCH of a build that does not set its own: 2020-02-02, hatchling's default."""

_SHOWN = 20
_WIDE = 300


def run_backend(project: Path, out: Path, *, isolated: bool | None) -> Path:
    """The wheel that the project's backend makes, in `out`.

    Isolated, the backend's requirements are installed from the package index into an environment of its
    own; not isolated, they must be installed here; None: isolated only if they are not. Raises
    `BadProject`, and `ConfigurationError` without the package `build`.
    """
    try:
        from build import BuildBackendException, BuildException, FailedProcessError
    except ImportError as error:
        raise ConfigurationError(
            expected="the package `build`, which runs a project's build backend",
            got="it is not installed",
            do="install it with `pip install 'upward-asgi[build]'`",
        ) from error
    try:
        if isolated is None:
            isolated = not _installed(project)
        return _isolated(project, out) if isolated else _here(project, out)
    except BuildBackendException as error:
        raise _failed(project, str(error), error.exception) from error
    except (BuildException, FailedProcessError, subprocess.CalledProcessError) as error:
        raise _failed(project, str(error), error) from error


def _installed(project: Path) -> bool:
    from build import ProjectBuilder, check_dependency

    needed = ProjectBuilder(project, sys.executable, _run).build_system_requires
    return not any(unmet for requirement in needed for unmet in check_dependency(requirement))


def _isolated(project: Path, out: Path) -> Path:
    from build import ProjectBuilder
    from build.env import DefaultIsolatedEnv

    with DefaultIsolatedEnv() as environment:
        builder = ProjectBuilder.from_isolated_env(environment, project, _run)
        environment.install(builder.build_system_requires)
        environment.install(builder.get_requires_for_build("wheel"))
        return _wheel(builder, out)


def _here(project: Path, out: Path) -> Path:
    from build import ProjectBuilder

    builder = ProjectBuilder(project, sys.executable, _run)
    unmet = sorted({chain[-1] for chain in builder.check_dependencies("wheel")})
    if unmet:
        raise BadProject(
            expected="the backend's requirements installed in this environment",
            got=f"no {', '.join(unmet)}",
            do="install them here, or build in an isolated environment",
        )
    return _wheel(builder, out)


def _wheel(builder: ProjectBuilder, out: Path) -> Path:
    return Path(builder.build("wheel", out))


def _run(cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
    """Run the backend with its output kept for the error, and everything that varies held still."""
    environment = {"SOURCE_DATE_EPOCH": EPOCH, **os.environ, "PYTHONHASHSEED": "0", **(extra_environ or {})}
    subprocess.run(
        cmd, cwd=cwd, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def _failed(project: Path, message: str, cause: BaseException) -> BadProject:
    said = [getattr(cause, stream, None) or b"" for stream in ("output", "stderr")]
    lines = b"".join(said).decode(errors="replace").rstrip().splitlines()[-_SHOWN:]
    shown = "".join(f"\n  {line if len(line) <= _WIDE else line[:_WIDE] + '…'}" for line in lines)
    return BadProject(
        expected=f"a project that its own backend builds, at {project}",
        got=f"{message.strip()}{shown}\n",
        do="make `python -m build --wheel` work there first",
    )
