"""Testing upgrades: apply the difference of two source trees to the running process.

Only the standard library and `packaging` are loaded, so that it can be used in the environment of any
project.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.version import Version

from ..appup.application_effects import left_to_proof
from ..appup.appup import Appup
from ..appup.code_changes import carried_by
from ..appup.import_order import start_order
from ..appup.making import make_appup
from ..appup.metadata import read_metadata
from ..appup.moot import without_moot
from ..appup.settings import Settings
from ..appup.verdict import Reason
from ..errors import NotHot, ReleaseDoesNotImport, ReleaseError, TransformError, UpgradeFailed
from ..patch import Patch, PatchReport, Prepared, SysPathImports, prepare
from ..patch.compare import unstable
from ..patch.modules import imported_modules
from ..upgrade.clean import FreshStart, describe_starts
from ..upgrade.fork import in_fork
from ..upgrade.proof import Proof, reasons_of
from ..upgrade.refinement import Lesson, Refinement

__all__ = ["HotSwap", "NotHot", "UpgradeFailed", "hot_swap"]

TIME_LIMIT = 30.0
"""Seconds for the rehearsal, when no other limit is given."""


class HotSwap:
    """A difference that was applied: the appup it came from, its report, and the way back."""

    def __init__(self, appup: Appup, patch: Patch, rebuilt: tuple[str, ...] = ()) -> None:
        self.appup = appup
        self.rebuilt = rebuilt
        """Names that were made anew because the rehearsal found that they depend on changed code."""
        self._patch = patch

    @property
    def report(self) -> PatchReport:
        """What the patch did."""
        return self._patch.report

    def undo(self) -> None:
        """Bring back exactly what was there before."""
        self._patch.undo()


def hot_swap(
    old_root: Path | str,
    new_root: Path | str,
    *,
    packages: Sequence[str] | None = None,
    sessions: Sequence[object] = (),
    timeout: float | None = None,
) -> HotSwap:
    """Apply the difference between two source trees to this process.

    `old_root` is on `sys.path` and loaded; `packages` limits the difference to some top-level names. When
    both have metadata and `old_root` is the later release, it is the way down. The patch is rehearsed in a
    forked copy of the process first, for at most `timeout` seconds. `sessions` are objects whose state is
    theirs to keep: they are never replaced. Raises `NotHot` when the difference is refused and nothing was
    touched, `UpgradeFailed` when it was tried and undone.
    """
    old, new = Path(old_root).resolve(), Path(new_root).resolve()
    try:
        settings = _settings(old if _is_down(old, new) else new)
        appup, prepared = _prepare(old, new, packages, settings)
    except (ReleaseError, TransformError) as error:
        raise NotHot([Reason(error.code, error.got, advice=error.do)]) from error
    limit = TIME_LIMIT if timeout is None else timeout
    proof = _proof(prepared, settings, limit)
    refinement = Refinement(settings)
    lesson = _rehearse(prepared, proof, limit)
    while refinement.learn(lesson):
        appup, prepared = _prepare(old, new, packages, refinement.settings)
        try:
            lesson = _rehearse(prepared, proof, limit)
        except UpgradeFailed:
            break  # what was to be made anew cannot run twice: the differences remain
    if lesson.differences:
        raise NotHot(reasons_of(refinement.as_first_seen(lesson).differences))
    return HotSwap(appup, prepared.apply(), refinement.rebuilt)


def _prepare(
    old: Path, new: Path, packages: Sequence[str] | None, settings: Settings
) -> tuple[Appup, Prepared]:
    down = _is_down(old, new)
    low, high = (new, old) if down else (old, new)
    versions = _version(low, "0.0.0"), _version(high, "0.0.1")
    appup = make_appup(
        low, high, old_version=versions[0], new_version=versions[1], packages=packages, settings=settings
    )
    steps, imports = appup.down if down else appup.up, SysPathImports(old)
    verdict, moot = without_moot(appup.down_verdict if down else appup.verdict, steps, imported_modules())
    verdict, _ = left_to_proof(verdict)
    if not verdict.hot:
        raise NotHot(verdict.reasons)
    return appup, prepare(steps, old=old, new=new, imports=imports, packages=packages, moot=moot)


def _proof(prepared: Prepared, settings: Settings, timeout: float) -> Proof:
    """Fresh starts of both trees in clean interpreters, the new one twice. Raises `NotHot`."""
    packages, old, new = tuple(sorted(prepared.packages)), prepared.old, prepared.new
    living = list(sys.modules)
    before, after = start_order(old, living), start_order(new, living)
    try:
        first, again, was = describe_starts(
            FreshStart(new.root, after, packages, timeout, replaces=old.root, tolerate=True, hash_seed=1),
            FreshStart(new.root, after, packages, timeout, replaces=old.root, tolerate=True, hash_seed=2),
            FreshStart(old.root, before, packages, timeout, replaces=old.root, tolerate=True, hash_seed=1),
        )
    except ReleaseDoesNotImport as error:
        raise NotHot([Reason(error.code, error.got, advice=error.do)]) from error
    roots = {str(new.root): "<root>"}  # not the old one: a path that stayed behind is to show
    return Proof(was, first, unstable(first, again), packages, roots, settings.keep, settings.rebuild)


def _rehearse(prepared: Prepared, proof: Proof, timeout: float) -> Lesson:
    """Apply the patch in a forked copy; in what it differs from a fresh start, and what would settle that."""

    def in_the_copy() -> Lesson:
        before = proof.describe_live()
        prepared.apply()
        return proof.lesson(before, proof.describe_live(), carried_by(prepared.instructions))

    return in_fork(in_the_copy, timeout=timeout)


def _settings(root: Path) -> Settings:
    for folder in (root, root.parent):
        if (folder / "pyproject.toml").is_file():
            return Settings.from_pyproject(folder)
    return Settings.of_release(root)


def _is_down(old: Path, new: Path) -> bool:
    return _version(new, "0.0.1") < _version(old, "0.0.0")


def _version(root: Path, default: str) -> Version:
    metadata = read_metadata(root)
    return Version(metadata.version.value if metadata and metadata.version else default)
