"""Do the settings fit the release? A function that is not there could only fail in the transaction, and a
marker that fits nothing would silently do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from .module_names import bound_names
from .settings import Settings
from .trees import Tree
from .verdict import Reason, Verdict

__all__ = ["settings_verdict"]


def settings_verdict(settings: Settings, new: Tree) -> Verdict:
    """Cold for a named function that the release does not define, a note for a marker without a name."""
    return Verdict(tuple(_missing_functions(settings, new)), tuple(_idle_markers(settings, new)))


def _missing_functions(settings: Settings, new: Tree) -> Iterator[Reason]:
    for key, target in (("code_change", settings.code_change), ("config_change", settings.config_change)):
        module, _, name = (target or "").partition(":")
        if target is None or module.partition(".")[0] not in new.packages:
            continue  # not asked for, or from an installed package
        if module not in new or not _may_define(new, module, name):
            message = f"`{key}` in [tool.upward] names {target}, which the release does not define"
            yield Reason("settings", message, advice="name a function that is there, or take the key out")


def _may_define(tree: Tree, module: str, name: str) -> bool:
    bound = bound_names(tree[module])
    return name.partition(".")[0] in bound or bool(bound & {"*", "__getattr__"})


def _idle_markers(settings: Settings, new: Tree) -> Iterator[Reason]:
    for key, markers in (("keep", settings.keep), ("rebuild", settings.rebuild)):
        for marker in markers:
            if not any(_fits(marker, name, new) for name in new.modules):
                message = f"`{key}` in [tool.upward] names {marker}, which fits nothing in the release"
                yield Reason("settings", message, advice="correct the marker, or take it out")


def _fits(marker: str, module: str, tree: Tree) -> bool:
    pattern, _, _ = marker.partition(":")
    if not fnmatchcase(module, pattern):
        return False
    return any(fnmatchcase(f"{module}:{name}", marker) for name in bound_names(tree[module]))
