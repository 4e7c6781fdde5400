"""Do the settings fit the release? A function that is not there could only fail in the transaction, and a
marker that fits nothing would silently do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from .module_names import bound_names
from .settings import Settings
from .trees import Tree
from .verdict import Reason, Verdict

__all__ = ["settings_verdict"]


def settings_verdict(settings: Settings, *trees: Tree) -> Verdict:
    """Cold for a named function that no release defines, a note for a marker that fits no name.

    `trees` are the two releases of an upgrade or of the way back: the settings are the newer one's on both
    ways, and what they name may just have come or be about to go.
    """
    return Verdict(tuple(_missing_functions(settings, trees)), tuple(_idle_markers(settings, trees)))


def _missing_functions(settings: Settings, trees: Sequence[Tree]) -> Iterator[Reason]:
    for key in ("code_change", "config_change", "rehearse"):
        target = getattr(settings, key)
        if target is not None and not any(_may_define(tree, target) for tree in trees):
            message = f"`{key}` in [tool.upward] names {target}, which the release does not define"
            yield Reason("settings", message, advice="name a function that is there, or take the key out")


def _may_define(tree: Tree, target: str) -> bool:
    module, _, name = target.partition(":")
    if module.partition(".")[0] not in tree.packages:
        return True  # from an installed package, which is not ours to look into
    if module not in tree:
        return False
    bound = bound_names(tree[module])
    return name.partition(".")[0] in bound or bool(bound & {"*", "__getattr__"})


def _idle_markers(settings: Settings, trees: Sequence[Tree]) -> Iterator[Reason]:
    for key, markers in (("keep", settings.keep), ("rebuild", settings.rebuild)):
        for marker in markers:
            if not any(_fits(marker, name, tree) for tree in trees for name in tree.modules):
                message = f"`{key}` in [tool.upward] names {marker}, which fits nothing in the release"
                yield Reason("settings", message, advice="correct the marker, or take it out")


def _fits(marker: str, module: str, tree: Tree) -> bool:
    pattern, _, dotted = marker.partition(":")
    if not fnmatchcase(module, pattern):
        return False
    owner = dotted.partition(".")[0]  # of an attribute of a class, the class
    return any(fnmatchcase(name, owner) for name in bound_names(tree[module]))
