"""What the equality proof teaches the plan: names whose values only a fresh start could have told apart.

Some values depend on code in ways that no reading of the source shows: a table built by a changed function,
a memo that holds a line number. The proof finds them as differences. When the live object is still exactly
what a fresh start of the old release has, it holds nothing of the running service, and its statement can
simply run again; when it holds live state, it cannot, and the release is cold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from .compare import POSITIONS, REF, Difference, owners, same_place, sorted_keys
from .describe_texts import SAME_AS

__all__ = ["names_left_over", "names_to_rebuild"]


def names_to_rebuild(
    differences: Iterable[Difference],
    old: Mapping[str, str],
    before: Mapping[str, str],
    live: Mapping[str, str],
    left_over: Collection[str] = (),
) -> tuple[str, ...]:
    """The names to make anew (`pkg.mod:NAME`, of a class `pkg.mod:Class.attribute`); empty when one of the
    differences, but for those of what is `left_over`, cannot be met that way. What holds live state is left
    alone; where it only names a folder of the release that is left, it hangs on one of the others, whose
    readers run again with it. `before` and `live` are the process before and after the patch.
    """
    found = [one for one in differences if _name(one.path, old) not in left_over]
    names = {_name(difference.path, old) for difference in found}
    touched = {name for name in names if not _untouched(name, old, before)}
    if any(_name(one.path, old) in touched and not _is_place(one) for one in found):
        return ()
    paths = (*_held_at(found, live), *_missed(found))
    others = {_name(path, old) for path in paths} - names
    wanted = (*sorted(names - touched), *sorted(others))
    return tuple(name for name in wanted if _untouched(name, old, before))


def names_left_over(
    differences: Iterable[Difference], old: Mapping[str, str], before: Mapping[str, str]
) -> tuple[str, ...]:
    """The names of modules that a fresh start of the old release has and one of the new has not, as the live
    process has them: whoever bound them, in no statement (pydantic does so for `Model[int]`), would not.
    """
    gone = (one.path for one in differences if one.expected is None and one.got == old.get(one.path))
    names = (path for path in gone if path == _bracketed(path, old) or "." not in path.partition(":")[2])
    return tuple(name for name in names if _name(name, old) == name and _untouched(name, old, before))


def _is_place(difference: Difference) -> bool:
    return same_place(difference.got or "", difference.expected or "")


def _held_at(differences: Iterable[Difference], live: Mapping[str, str]) -> Iterator[str]:
    """Where else the objects are held that the differences are inside of: one of these made them."""
    places: dict[str, list[str]] = {}
    for path, text in live.items():
        if text.startswith(SAME_AS):
            places.setdefault(text.removeprefix(SAME_AS), []).append(path)
    for difference in differences:
        for owner in (difference.path, *owners(difference.path)):
            yield from places.get(owner, ())


def _missed(differences: Iterable[Difference]) -> Iterator[str]:
    """What a table lacks that is found elsewhere: making that (`__set_name__`, a metaclass) put it there."""
    for difference in differences:
        for prefix in (SAME_AS, REF):
            if difference.got is None and (difference.expected or "").startswith(prefix):
                yield difference.expected.removeprefix(prefix)  # type: ignore[union-attr]


def _name(path: str, old: Mapping[str, str]) -> str:
    """The name that the path begins with; within a class, the attribute, which has a statement of its own."""
    module, _, dotted = path.partition(":")
    name, dot, rest = dotted.partition("[")[0].partition(".")
    if not dot and (whole := _bracketed(path, old)):
        return whole
    if dot and old.get(f"{module}:{name}", "").startswith("class"):
        name += dot + rest.partition(".")[0]
    return f"{module}:{name}"


def _bracketed(path: str, old: Mapping[str, str]) -> str | None:
    """A name with brackets of its own that the path begins with: the class `pkg.mod:Model[int]`."""
    depth = 0
    for position, letter in enumerate(path):
        depth += (letter == "[") - (letter == "]")
        if letter == "]" and depth == 0:
            name = path[: position + 1]
            return name if old.get(name, "").startswith("class") else None
    return None


def _untouched(name: str, old: Mapping[str, str], before: Mapping[str, str]) -> bool:
    """True when the live process has at this name what a fresh start of the old release has.

    A name that neither has is none to make anew: it may be live state under a new name.
    """
    here = {path: text for path, text in before.items() if _below(path, name)}
    there = {path: text for path, text in old.items() if _below(path, name)}
    if not here or here.keys() != there.keys():
        return False
    return all(_is_same(path, text, there[path]) for path, text in here.items())


def _is_same(path: str, here: str, there: str) -> bool:
    """An earlier patch may have added the entries of a table in another order, and left another path."""
    if path.endswith(".order"):
        return sorted_keys(here) == sorted_keys(there)
    return here == there or same_place(here, there)


def _below(path: str, name: str) -> bool:
    """Where code stands in its file says nothing about what the running service did."""
    return (path == name or path.startswith((f"{name}.", f"{name}["))) and not path.endswith(POSITIONS)
