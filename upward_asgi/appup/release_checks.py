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
    """Requirements, native code, migrations, data files, and whether the settings fit the new release.

    `tree` is the new release's tree where it is at hand already, so that nothing is parsed twice.
    """
    return requirements_verdict(old, new).merged(
        artefacts_verdict(old, new, packages),
        settings_verdict(settings, tree if tree is not None else read_tree(new, packages)),
    )
