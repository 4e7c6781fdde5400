"""The plan for people: what `upward plan` prints, made to be read in a review.

The text depends on the appup alone, so it can be compared, stored and quoted. The signs:

```
~ changed in place     + new     - gone     = kept as it is     ! calls the user's function
? runs only if what it reads really changed in the live process
```
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from .appup import Appup
from .config_changes import ConfigChanges
from .instructions import (
    AddDefinition,
    AddModule,
    Apply,
    CodeChange,
    DeleteDefinition,
    DeleteModule,
    Instruction,
    MoveLines,
    PatchClass,
    PatchFunction,
    RebindImporter,
    RebuildApp,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
)
from .moot import count_when_imported
from .verdict import Reason, Verdict

__all__ = ["KEPT", "render_instruction", "render_plan"]

KEPT = "kept"
"""The code of the notes that name live state which is kept; they have a section of their own."""


def render_plan(appup: Appup, *, down: bool = False) -> str:
    """The plan as text: verdict, reasons, instructions by module, notes, counts; ends with a newline.

    `down` shows the way back instead of the way up. The other way is always summed up in one line.
    """
    verdict, steps = (appup.down_verdict, appup.down) if down else (appup.verdict, appup.up)
    kept = [note for note in verdict.notes if note.code == KEPT]
    sections = (
        _header(appup, verdict, down),
        [*_listed("Reasons against it:", "-", verdict.reasons), *_if_imported(verdict.reasons)],
        list(_modules(steps)),
        _settings(appup.down_config if down else appup.config),
        _listed("Kept as it is:", "=", kept),
        _listed("Notes:", "-", (note for note in verdict.notes if note.code != KEPT)),
        [_counts(steps), _other_way(appup, down)],
    )
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _header(appup: Appup, verdict: Verdict, down: bool) -> list[str]:
    start, goal = (appup.new, appup.old) if down else (appup.old, appup.new)
    title = f"{appup.name} {start} → {goal}".lstrip()
    if verdict.hot:
        return [f"{title}: HOT", "It can be applied to the running process; sessions stay open."]
    return [
        f"{title}: COLD",
        "It cannot be applied to the running process: release it as a new minor version and restart.",
    ]


def _settings(changes: ConfigChanges) -> list[str]:
    """The settings that the application's `config_change` will hear of."""
    kinds = (("~", changes.changed), ("+", changes.new), ("-", changes.removed))
    lines = [f"  {sign} {name}" for sign, names in kinds for name in names]
    return ["Settings, as far as the sources tell:", *lines] if lines else []


def _listed(title: str, sign: str, reasons: Iterable[Reason]) -> list[str]:
    lines = [line for reason in reasons for line in _reason(sign, reason)]
    return [title, *lines] if lines else []


def _if_imported(reasons: Sequence[Reason]) -> Iterator[str]:
    """What the trees alone cannot tell."""
    files = dict.fromkeys(reason.file for reason in count_when_imported(reasons) if reason.file)
    if files:
        yield f"What is said of {', '.join(files)} counts only where the running service has imported it."


def _reason(sign: str, reason: Reason) -> Iterator[str]:
    yield f"  {sign} {replace(reason, advice='')}"
    if reason.advice:
        yield f"      → {reason.advice}"


def _modules(steps: Sequence[Instruction]) -> Iterator[str]:
    """Instructions in their order; neighbours of one module stand under its name."""
    if not steps:
        yield "Nothing to do."
    for module, group in groupby(steps, key=lambda step: step.module):
        yield module
        yield from (f"  {render_instruction(step)}" for step in group)


def render_instruction(step: Instruction) -> str:
    """One instruction in plain words, without its module: `~ patch Cart.total`."""
    sign, words = _words(step)
    when: tuple[str, ...] = getattr(step, "when", ())
    if not when:
        return f"{sign} {words}"
    return f"? {words}, only if {' or '.join(when)} changes"


def _words(step: Instruction) -> tuple[str, str]:
    match step:
        case PatchFunction():
            return "~", f"patch {step.qualname}"
        case PatchClass():
            return "~", f"patch class {step.qualname}{_members(step)}"
        case RebuildClass():
            return "~", f"rebuild class {step.qualname}"
        case RebuildApp():
            return "~", f"rebuild application {step.target}"
        case MoveLines():
            return "~", "line numbers only"
        case Apply():
            return "!", f"call {step.function}()"
        case CodeChange():
            whose = f"{step.owner}.__code_change__ of each instance" if step.owner else "__code_change__"
            return "!", f"call {whose}"
    return _statement_words(step)


def _statement_words(step: Instruction) -> tuple[str, str]:
    match step:
        case AddDefinition():
            moved = f" (goes on from {step.moved_from})" if step.moved_from else ""
            return "+", f"add {_bound(step.binds, step.statement)}{moved}"
        case ReplaceDefinition():
            return "~", f"run again {_bound(step.binds, step.statement)}"
        case RebindImporter():
            return "~", f"import again {', '.join(step.binds) or '*'}"
        case DeleteDefinition():
            return "-", f"delete {step.name}"
    return _module_words(step)


def _module_words(step: Instruction) -> tuple[str, str]:
    match step:
        case AddModule():
            return "+", "add module"
        case DeleteModule():
            return "-", "delete module"
        case RenameModule():
            return "~", f"rename module to {step.to}"
    return "~", str(step)  # an instruction kind that has no words yet is shown by its own name


def _members(step: PatchClass) -> str:
    signed = [*step.changed, *(f"+{name}" for name in step.added), *(f"-{name}" for name in step.deleted)]
    return f": {', '.join(signed)}" if signed else ""


def _bound(binds: tuple[str, ...], statement: int) -> str:
    return ", ".join(binds) or f"statement {statement + 1}"


def _counts(steps: Sequence[Instruction]) -> str:
    kinds = Counter(step.op.replace("_", " ") for step in steps)
    modules = len({step.module for step in steps})
    total = f"{_number(len(steps), 'instruction')} in {_number(modules, 'module')}"
    parts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{total}: {parts}." if parts else f"{total}."


def _other_way(appup: Appup, down: bool) -> str:
    verdict, steps = (appup.verdict, appup.up) if down else (appup.down_verdict, appup.down)
    title = f"The way {'up' if down else 'back'}"
    if verdict.hot:
        return f"{title} is HOT: {_number(len(steps), 'instruction')}."
    return "\n".join([f"{title} is COLD:", *(f"  - {reason}" for reason in verdict.reasons)])


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
