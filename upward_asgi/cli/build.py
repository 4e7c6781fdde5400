"""`upward build`: a project becomes a release, with its appup inside when it is a patch release."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import BadProject
from .options import as_json
from .output import show

if TYPE_CHECKING:
    from ..appup.appup import Appup
    from .wheels import Wheel

__all__ = ["Built", "build", "build_release"]


@dataclass(frozen=True, slots=True)
class Built:
    """A release that was built: its wheel, and how it follows the one before."""

    wheel: Wheel
    previous: Wheel | None
    appup: Appup | None

    def to_json(self) -> dict[str, object]:
        """The release as plain JSON values."""
        return {
            "wheel": str(self.wheel.path),
            "name": self.wheel.name,
            "version": str(self.wheel.version),
            "sha256": self.wheel.sha256,
            "previous": str(self.previous.version) if self.previous else None,
            "hot": self.appup.verdict.hot if self.appup else None,
            "reasons": [r.to_json() for r in self.appup.verdict.reasons] if self.appup else [],
        }

    def __str__(self) -> str:
        first = f"{self.wheel.path}\n{self.wheel.name} {self.wheel.version}, sha256 {self.wheel.sha256}"
        if self.previous is None or self.appup is None:
            return f"{first}\na base: no release before it, so it starts with a restart"
        if self.appup.verdict.hot:
            return f"{first}\ngoes hot after {self.previous.version}"
        reasons = "\n".join(f"  - {reason}" for reason in self.appup.verdict.reasons)
        return f"{first}\ncold after {self.previous.version}: it needs a restart\n{reasons}"


@click.command()
@click.argument("project", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the wheels are."
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The release before it.  [default: the newest patch before it in --out]",
)
@click.option(
    "--isolation/--no-isolation",
    default=None,
    help="Build in an environment of its own.  [default: only if the backend is not installed here]",
)
@as_json
def build(project: Path, out: Path, previous: Path | None, isolation: bool | None, as_json: bool) -> None:
    """Build PROJECT (default: this folder) into a release: a wheel with its appup.

    The release before it is looked for among the wheels in --out. A wheel that can only go cold is built all
    the same, and says so; `upward check` is what fails in CI.
    """
    built = build_release(project, out, previous=previous, isolation=isolation)
    show(built.to_json(), str(built), as_json)


def build_release(
    project: Path, out: Path, *, previous: Path | None = None, isolation: bool | None = None
) -> Built:
    """Build a release into `out`. Raises `BadProject`, `BadWheel`, `BadSettings`, `BadSource`."""
    from ..appup.appup import APPUP_FILE
    from ..appup.settings import SETTINGS_FILE, Settings
    from ..store.appups import PREVIOUS_FILE
    from .sources import Sources, compared
    from .wheels import Wheel, add_files, newest_before

    settings = Settings.from_pyproject(project)
    with Sources() as sources:
        made = Wheel.at(_made(project, sources.folder(), isolation))
        _check_pure(made)
        before = Wheel.at(previous) if previous else newest_before(made.name, made.version, out)
        files = {SETTINGS_FILE: _json(settings.to_json())}
        appup = None
        if before is not None and _follows(made, before):
            staged = sources.folder() / made.path.name
            add_files(made.path, files, staged)
            appup = compared(sources.unpacked(before.path), sources.unpacked(staged), settings)
            files |= {
                APPUP_FILE: appup.dumps(),
                PREVIOUS_FILE: _json({"version": str(before.version), "sha256": before.sha256}),
            }
        target = out / made.path.name
        add_files(made.path, files, target)
    return Built(Wheel.at(target), before if appup else None, appup)


def _made(project: Path, folder: Path, isolation: bool | None) -> Path:
    from .backend import build_wheel

    return build_wheel(project, folder, isolation=isolation)


def _check_pure(wheel: Wheel) -> None:
    if wheel.pure:
        return
    raise BadProject(
        expected="a pure Python project, whose wheel is for every platform",
        got=wheel.path.name,
        do="put the extension modules into a distribution of their own and depend on it",
    )


def _follows(wheel: Wheel, before: Wheel) -> bool:
    """True when it is a patch release of the one before; another distribution is a mistake."""
    from ..versions import is_patch_of

    if wheel.name != before.name:
        raise BadProject(
            expected=f"a release of {wheel.name} as --previous", got=before.path.name, do="name another wheel"
        )
    return is_patch_of(wheel.version, before.version)


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")
