"""Compare a patched process with a fresh start: the second half of the equality proof.

Four descriptions are compared path by path: a fresh start of the old and of the new release, and the live
process before and after the patch. A path is

- *equal* when the patched process has what a fresh start of the new release has;
- *kept live state* when the release does not change it (old and new fresh starts agree) and the patch did
  not touch it (the live process has what it had before): counters, rooms, caches;
- *beyond a fresh start* when it is inside live state that no fresh start has, a session in a table for
  instance: there only copies left behind count;
- anything else is a `Difference`. Nothing is guessed: what nobody can explain turns the verdict cold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from .describe_texts import IN_ORDER, ROOT

__all__ = ["POSITIONS", "REF", "Difference", "compare", "owners", "same_place", "sorted_keys", "unstable"]

POSITIONS = (".lines", ".__firstlineno__")
"""How the paths end that say where code stands in its file; Python 3.13 keeps it for classes too."""
_DETACHED = "detached"
_SIZE = re.compile(r"\S+ of \d+")
REF = "ref "


@dataclass(frozen=True, slots=True)
class Difference:
    """One path at which the patched process is not what a fresh start of the new release would be."""

    path: str
    expected: str | None
    """What a fresh start has there; None: nothing."""
    got: str | None
    """What the patched process has there; None: nothing."""
    note: str
    """What kind of defect that is, in words."""

    def __str__(self) -> str:
        expected = "nothing" if self.expected is None else self.expected
        got = "nothing" if self.got is None else self.got
        return f"{self.path}: a fresh start has {expected}, the patched process has {got} ({self.note})"

    def to_json(self) -> dict[str, object]:
        """The difference as plain JSON values."""
        return {"path": self.path, "expected": self.expected, "got": self.got, "note": self.note}


def compare(
    old: Mapping[str, str],
    new: Mapping[str, str],
    before: Mapping[str, str] | None,
    live: Mapping[str, str],
    *,
    lines: bool = True,
    noise: Collection[str] = (),
    kept: Collection[str] = (),
    migrated: Collection[str] = (),
    modules: Mapping[str, str] | None = None,
) -> tuple[Difference, ...]:
    """Everything in which `live` is neither `new` nor explained, in the order of the paths.

    `old` and `new` describe fresh starts of the two releases; `before` describes the live process before
    the patch (None: it was as freshly started as `old`), `live` after it. With `lines=False` the positions of
    code in its file do not count. `noise` are paths that differ between two fresh starts of one release (see
    `unstable`). `kept` are names (`pkg.mod:NAME`) whose values the user said to keep or migrates, `migrated`
    classes whose instances a `__code_change__` migrates, `modules` the new names of renamed ones by the old.
    """
    if modules:
        old, before = _moved(old, modules), None if before is None else _moved(before, modules)
    names = _renamed_objects(old, new)
    was = _under_new_names(old, names)
    had = was if before is None else _under_new_names(before, names)
    classes = _with_subclasses(live, migrated)
    question = _Question(was, new, had, live, frozenset(noise), tuple(kept), classes)
    differing = (path for path in sorted(new.keys() | live.keys()) if new.get(path) != live.get(path))
    return tuple(
        question.difference(path)
        for path in differing
        if (lines or not path.endswith(POSITIONS)) and not question.explained(path)
    )


def unstable(one: Mapping[str, str], other: Mapping[str, str]) -> frozenset[str]:
    """The paths that differ between two fresh starts of the same release: times, ids, salted hashes."""
    return frozenset(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def _renamed_objects(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Objects that are described under another name in the new release, because an import came or went."""
    names: dict[str, str] = {}
    for path, text in new.items():
        before = old.get(path)
        if before is None or before == text:
            continue
        if text.startswith(REF) and not before.startswith(REF):
            name = text.removeprefix(REF)
            if name not in old:
                names[path] = name
        elif before.startswith(REF) and not text.startswith(REF):
            name = before.removeprefix(REF)
            if new.get(name) in (None, f"{REF}{path}"):
                names[name] = path
    return names


def _under_new_names(description: Mapping[str, str], names: Mapping[str, str]) -> Mapping[str, str]:
    if not names:
        return description
    moved = {f"{REF}{name}": f"{REF}{to}" for name, to in names.items()}
    told = {path: moved.get(text, text) for path, text in description.items()}
    for name, to in names.items():
        inner = [path for path in told if path == name or path.startswith((f"{name}.", f"{name}["))]
        told.update({to + path.removeprefix(name): told.pop(path) for path in inner})
        told[name] = f"{REF}{to}"
    return told


def _moved(description: Mapping[str, str], modules: Mapping[str, str]) -> Mapping[str, str]:
    """What a renamed module held, under the name that it has now."""
    alternatives = "|".join(map(re.escape, modules))
    named = re.compile(rf"(?<![\w.])({alternatives})(?=:)")

    def now(text: str) -> str:
        return named.sub(lambda found: modules[found[1]], text)

    return {now(path): now(text) for path, text in description.items()}


def _with_subclasses(live: Mapping[str, str], classes: Collection[str]) -> frozenset[str]:
    """How instances of the classes, and of those below them, are described."""
    wanted = set(classes)
    bases = [(path.rpartition(".bases[")[0], text) for path, text in live.items() if ".bases[" in path]
    while below := {path for path, base in bases if base.removeprefix(REF) in wanted} - wanted:
        wanted |= below
    return frozenset(f"instance of {REF}{name}" for name in wanted)


@dataclass(frozen=True, slots=True)
class _Question:
    old: Mapping[str, str]
    new: Mapping[str, str]
    before: Mapping[str, str]
    live: Mapping[str, str]
    noise: frozenset[str]
    kept: tuple[str, ...]
    migrated: frozenset[str]
    """What the description says of instances of migrated classes."""

    def explained(self, path: str) -> bool:
        return (
            self._untouched(path)
            or self._is_noise(path)
            or self._is_not_imported(path)
            or any(path == name or path.startswith((f"{name}.", f"{name}[")) for name in self.kept)
            or self._is_migrated(path)
            or self._beyond(path)
            or self._holds_live_entries(path)
            or self._same_keys(path)
            or self._same_place(path)
        )

    def _is_migrated(self, path: str) -> bool:
        """An attribute of a live instance that its class's `__code_change__` has seen."""
        if not self.migrated:
            return False
        return any(self.live.get(owner) in self.migrated and owner in self.before for owner in owners(path))

    def _same_keys(self, path: str) -> bool:
        """A dict with the same keys in another order: an entry that is added to a live table comes last. The
        fields of a class come in their order.
        """
        new, live = self.new.get(path, ""), self.live.get(path, "")
        if path.endswith(".__annotations__.order"):
            return False
        return path.endswith(".order") and sorted_keys(new) == sorted_keys(live)

    def _same_place(self, path: str) -> bool:
        """The same line of a file that is the same in both releases: its code still names the older copy."""
        new, live = self.new.get(path), self.live.get(path)
        if not path.endswith(POSITIONS) or new is None or live is None:
            return False
        if new.startswith("<root>/"):
            return live.endswith(new.removeprefix("<root>"))
        # Generated code names no file but a number: `<attrs generated methods app.W-1>:16`.
        return (
            new.startswith("<") and live.startswith("<") and new.partition(">")[2] == live.partition(">")[2]
        )

    def _untouched(self, path: str) -> bool:
        """What neither the release nor the patch changed; a path of the release that is left must move on."""
        if self.old.get(path) != self.new.get(path) or self.before.get(path) != self.live.get(path):
            return False
        return not same_place(self.live.get(path, ""), self.new.get(path, ""))

    def _is_noise(self, path: str) -> bool:
        """Noise itself, or an entry of a table whose keys are noise (`TABLE[140211…]`)."""
        if path in self.noise:
            return True
        return any(f"{owner}.order" in self.noise for owner in owners(path))

    def _is_not_imported(self, path: str) -> bool:
        """A module that a fresh start cannot import, and that the live process has not imported either."""
        module, _, what = path.partition(":")
        return what == ".import" and f"{module}:__name__" not in self.live

    def _beyond(self, path: str) -> bool:
        """Inside something that only the live process has, and had before; a new stale copy still counts."""
        if path in self.new or path in self.old or _DETACHED in self.live.get(path, ""):
            return False
        around = [path, *owners(path)]
        return any(o in self.before and o not in self.new and o not in self.old for o in around)

    def _holds_live_entries(self, path: str) -> bool:
        """The size and the order of a container that had entries of its own: its entries decide, one by
        one."""
        had = self.before.get(path)
        if had is None or had == self.old.get(path):
            return False
        return path.endswith(".order") or bool(
            _SIZE.fullmatch(had) and _SIZE.fullmatch(self.live.get(path, ""))
        )

    def difference(self, path: str) -> Difference:
        expected, got = self.new.get(path), self.live.get(path)
        return Difference(path, expected, got, self._note(path, expected, got))

    def _note(self, path: str, expected: str | None, got: str | None) -> str:
        if got is not None and _DETACHED in got:
            return "a copy that is not what is found under its name"
        if got is None:
            return "missing"
        if path.endswith(POSITIONS):
            return "a traceback would show other lines"
        if got == self.old.get(path):
            return "still as in the old release"
        if expected is None:
            return "left over" if path in self.before else "made by the patch alone"
        if self.old.get(path) == expected:
            return "changed by the patch, though not by the release"
        return "neither the old nor the new release's"


def same_place(here: str, there: str) -> bool:
    """True when `here` names a folder where `there`, else the same, has the label of the release's own."""
    if ROOT not in there or here == there:
        return False
    return re.fullmatch(".*?".join(map(re.escape, there.split(ROOT))), here) is not None


def sorted_keys(order: str) -> list[str]:
    """The keys that a `.order` of the description names, in whatever order they came."""
    return [order.partition(IN_ORDER)[0]] if IN_ORDER in order else sorted(order.split(", "))


def owners(path: str) -> Iterator[str]:
    """What the path may be inside of, outwards. A key may hold dots: some of these are no paths."""
    start = path.find(":")
    for position in range(len(path) - 1, start, -1):
        if path[position] in ".[":
            yield path[:position]
