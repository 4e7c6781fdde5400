"""What can be said about two releases without looking at how their code differs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .artefacts import artefacts_verdict
from .requirements import requirements_verdict
from .settings import Settings
from .settings_checks import settings_verdict
from .trees import Tree, read_tree
from .verdict import Verdict

__all__ = ["release_reasons"]


def release_reasons(
    old: Path,
    new: Path,
    settings: Settings,
    *,
    packages: Sequence[str] | None = None,
    tree: Tree | None = None,
) -> Verdict:
    """Requirements, native code, migrations, data files, and whether the settings fit the releases.

    `tree` is the tree of `new` where it is at hand already, so that nothing is parsed twice.
    """
    return requirements_verdict(old, new).merged(
        artefacts_verdict(old, new, packages), _settings_verdict(old, new, settings, packages, tree)
    )


def _settings_verdict(
    old: Path, new: Path, settings: Settings, packages: Sequence[str] | None, tree: Tree | None
) -> Verdict:
    named = settings.code_change or settings.config_change or settings.rehearse
    if not (settings.keep or settings.rebuild or named):
        return Verdict()  # most projects: nothing to read
    return settings_verdict(settings, tree or read_tree(new, packages), read_tree(old, packages))
