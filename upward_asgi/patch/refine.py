"""What the equality proof teaches the plan: names whose values only a fresh start could have told apart.

Some values depend on code in ways that no reading of the source shows: a table built by a changed function,
a memo that holds a line number. The proof finds them as differences. When the live object is still exactly
what a fresh start of the old release has, it holds nothing of the running service, and its statement can
simply run again; when it holds live state, it cannot, and the release is cold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .compare import Difference

__all__ = ["names_to_rebuild"]


def names_to_rebuild(
    differences: Iterable[Difference], old: Mapping[str, str], before: Mapping[str, str]
) -> tuple[str, ...]:
    """The names (`pkg.mod:NAME`) to make anew; empty when one of the differences cannot be met that way."""
    names = sorted({_name(difference.path) for difference in differences})
    if any(not _untouched(name, old, before) for name in names):
        return ()
    return tuple(names)


def _name(path: str) -> str:
    module, _, dotted = path.partition(":")
    for end in ".[":
        dotted = dotted.partition(end)[0]
    return f"{module}:{dotted}"


def _untouched(name: str, old: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """True when the live process has at this name what a fresh start of the old release has.

    A name that neither has is none to make anew: it may be live state under a new name.
    """
    here = {path: text for path, text in before.items() if _below(path, name)}
    return bool(here) and here == {path: text for path, text in old.items() if _below(path, name)}


def _below(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))
