"""Start-up code: what ran once when the process started, and does not run again in a hot upgrade.

A changed lifespan means that a fresh start of the new release would have set up something that the live
process has not. That is cold, unless the application has a `code_change` of its own that does the rest, or
the operator accepts that it takes effect at the next restart. Whatever else builds the application (routes,
middleware, exception handlers) is no start-up code: the patch rebuilds the application object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .settings import Settings
from .startup_code import Start, StartupCode, code_text
from .verdict import Reason, Verdict

__all__ = ["accept_startup", "startup_reasons", "startup_verdict"]

_ACCEPTED = "it was accepted that it takes effect at the next restart"


def startup_reasons(
    old_sources: Mapping[str, str],
    new_sources: Mapping[str, str],
    paths: Mapping[str, str],
    settings: Settings,
) -> tuple[Reason, ...]:
    """The cold reasons alone; see `startup_verdict`."""
    return startup_verdict(old_sources, new_sources, paths, settings).reasons


def startup_verdict(
    old_sources: Mapping[str, str],
    new_sources: Mapping[str, str],
    paths: Mapping[str, str],
    settings: Settings,
) -> Verdict:
    """Cold for start-up code that was changed, added or removed; a note for changed `__main__` blocks.

    Sources and `paths` (relative to the release's root) are by module name. A module that does not parse
    holds none.
    """
    old, new = StartupCode(old_sources, paths), StartupCode(new_sources, paths)
    findings = tuple(_findings(old.starts(), new.starts(), paths))
    notes = tuple(_main_notes(old, new, paths))
    handled = _handled(new, settings)
    if handled is None:
        return Verdict(findings, notes)
    return Verdict((), (*(_noted(finding, handled) for finding in findings), *notes))


def _findings(
    old: Mapping[str, Start], new: Mapping[str, Start], paths: Mapping[str, str]
) -> Iterator[Reason]:
    before, after = {start.code for start in old.values()}, {start.code for start in new.values()}
    for key in sorted(old.keys() | new.keys()):
        start = new.get(key) or old[key]
        if key in old and key in new:
            if old[key].code != new[key].code:
                yield _reason(start, "changed", paths)
        elif start.code not in (before if key in new else after):  # else it only moved
            yield _reason(start, "added" if key in new else "removed", paths)


def _reason(start: Start, how: str, paths: Mapping[str, str]) -> Reason:
    where = " (line of the old release)" if how == "removed" else ""
    return Reason(
        "startup",
        f"start-up code {start.name} was {how}{where}, and start-up is over in the running process",
        paths.get(start.module),
        start.line,
        "name a `code_change` for the application in [tool.upward], or set `accept_startup = true` there"
        " if it may wait for the next restart, or release it as a new minor version",
    )


def _handled(new: StartupCode, settings: Settings) -> str | None:
    """What answers for changed start-up code; None when nothing does."""
    if settings.code_change is not None:
        return f"{settings.code_change} answers for it"
    if settings.accept_startup:
        return _ACCEPTED
    return "the application's code_change answers for it" if new.has_application_change() else None


def accept_startup(verdict: Verdict) -> Verdict:
    """The verdict when an operator lets changed start-up code wait for the next restart."""
    kept = tuple(reason for reason in verdict.reasons if reason.code != "startup")
    accepted = tuple(_noted(reason, _ACCEPTED) for reason in verdict.reasons if reason.code == "startup")
    return Verdict(kept, (*verdict.notes, *accepted))


def _noted(finding: Reason, handled: str) -> Reason:
    return Reason(finding.code, f"{finding.message}; {handled}", finding.file, finding.line)


def _main_notes(old: StartupCode, new: StartupCode, paths: Mapping[str, str]) -> Iterator[Reason]:
    before = {module: [code_text(node) for node in nodes] for module, nodes in old.main_blocks().items()}
    for module, nodes in sorted(new.main_blocks().items()):
        if [code_text(node) for node in nodes] != before.get(module, []):
            yield Reason(
                "main_block",
                "the block under `if __name__ == '__main__'` changed",
                paths.get(module),
                nodes[0].lineno,
                "nothing now: it takes effect at the next restart",
            )
