"""Two releases on disk to an appup: instructions up and down, and the verdict on both ways."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from packaging.version import Version

from .application_effects import application_verdict
from .appup import Appup
from .code_changes import carried_by
from .config_changes import config_changes
from .effects import effects_verdict
from .instructions import Instruction
from .made_anew import made_anew_verdict
from .metadata import read_metadata
from .planning import plan_instructions
from .release_checks import release_reasons
from .settings import Settings
from .startup import startup_verdict
from .tables import tables_verdict
from .transform_checks import tree_check
from .transforms import run_transforms
from .tree_diff import TreeDiff, diff_trees
from .trees import Tree, read_tree
from .verdict import Verdict

__all__ = ["make_appup"]


def make_appup(
    old: Path,
    new: Path,
    *,
    old_version: Version,
    new_version: Version,
    packages: Sequence[str] | None = None,
    settings: Settings | None = None,
) -> Appup:
    """The appup between two neighbouring releases, `old` the earlier one; nothing of them is imported.

    `old` and `new` are roots of unpacked releases or source trees; `packages` limits what is compared to some
    top-level names. The settings are the new release's own where none are given. Raises `BadSource` when a
    module that differs does not parse, `TransformError` when a user's transform is wrong.
    """
    settings = Settings.of_release(new) if settings is None else settings
    old_tree, new_tree = read_tree(old, packages), read_tree(new, packages)
    there, back = diff_trees(old_tree, new_tree), diff_trees(new_tree, old_tree)
    metadata = read_metadata(new)
    name = metadata.name.value if metadata and metadata.name else ""
    planned = plan_instructions(there, settings, old_version, new_version)
    planned_back = plan_instructions(back, settings, new_version, old_version)
    up, down = run_transforms(
        settings.transforms,
        planned,
        planned_back,
        app=name,
        old=old_version,
        new=new_version,
        root=new,
        check=tree_check(old_tree, new_tree),
    )
    return Appup(
        old_version,
        new_version,
        up,
        down,
        _verdict(there, settings, packages, planned).merged(application_verdict(there, planned)),
        _verdict(back, settings, packages, planned_back).merged(application_verdict(back, planned_back)),
        config_changes(old_tree, new_tree, settings, up),
        config_changes(new_tree, old_tree, settings, down),
        name,
    )


def _verdict(
    diff: TreeDiff, settings: Settings, packages: Sequence[str] | None, planned: Sequence[Instruction]
) -> Verdict:
    release = release_reasons(diff.old.root, diff.new.root, settings, packages=packages, tree=diff.new)
    migrated = carried_by(planned).names
    effects = effects_verdict(diff, settings, migrated)
    anew = made_anew_verdict(diff, planned, migrated)
    return release.merged(_startup(diff, settings), effects, tables_verdict(diff), anew)


def _startup(diff: TreeDiff, settings: Settings) -> Verdict:
    if not diff.changes and diff.old.modules.keys() == diff.new.modules.keys():
        return Verdict()
    old, new = _sources(diff.old), _sources(diff.new)
    trees = (diff.old, diff.new)
    paths = {m.name: m.path.relative_to(t.root).as_posix() for t in trees for m in t.modules.values()}
    return startup_verdict(old, new, paths, settings)


def _sources(tree: Tree) -> dict[str, str]:
    return {module.name: module.source.decode("utf-8", "replace") for module in tree.modules.values()}
