"""Every kind of bad release, tried beside live sessions: `scripts/bad-releases --help`."""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from base import Bad
from trial import Ground, Verdict
from wrong_code import CODE
from wrong_wheels import WHEELS

__all__ = ["KINDS", "main", "page"]

KINDS = [*WHEELS, *CODE]
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "bad-releases.md"

Result = tuple[Bad, Verdict]

_PREFIXES = "|".join(re.escape(prefix) for prefix in (sys.prefix, sys.base_prefix))
_MACHINE = re.compile(rf"{re.escape(tempfile.gettempdir())}/\w+/|(?:{_PREFIXES})/")
"""Folders that are others on every machine."""


def main(arguments: Sequence[str]) -> int:
    """Try what the arguments ask for; exit status 1 when one did not end as it is to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only kinds with one of these words in group or name")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say how each one ended")
    parser.add_argument("--list", action="store_true", help="only name the kinds")
    options = parser.parse_args(arguments)
    if options.list:
        sys.stdout.writelines(f"{kind.group}: {kind.name}\n" for kind in KINDS)
        return 0
    logging.disable()
    kinds = [kind for kind in KINDS if not options.words or _is_meant(kind, options.words)]
    began = time.monotonic()
    results = tried(kinds, verbose=options.verbose)
    bad = [result for result in results if faults_of(*result)]
    _say(f"{len(results)} kinds, {len(bad)} ended otherwise, {time.monotonic() - began:.0f} s")
    if options.write and not options.words:
        PAGE.write_text(page(results), "utf-8")
    return 1 if bad else 0


def tried(kinds: Sequence[Bad], *, verbose: bool = False) -> list[Result]:
    """Each kind with what became of it."""
    results = []
    for web in (False, True):
        chosen = [kind for kind in kinds if kind.web is web]
        if not chosen:
            continue
        with tempfile.TemporaryDirectory() as folder:
            ground = Ground(Path(folder), web=web)
            for kind in chosen:
                verdict = ground.attempt(kind)
                results.append((kind, verdict))
                faults = faults_of(kind, verdict)
                if faults or verbose:
                    _say(f"{'WRONG ' if faults else ''}{kind.group}: {kind.name}: {verdict} {faults}")
        ground.close()
    return results


def faults_of(kind: Bad, verdict: Verdict) -> list[str]:
    """In what it did not end as it is to."""
    found = list(verdict.wrong)
    if verdict.ended != kind.ends:
        found.append(f"expected {kind.ends}, got {verdict.ended}")
    if kind.words not in verdict.said:
        found.append(f"expected {kind.words!r} in the reason")
    return found


def page(results: Sequence[Result]) -> str:
    """The page of the documentation."""
    rows = [
        f"| {kind.group} | {kind.name} | {_end(verdict)} | `{verdict.code or '-'}` | {_short(verdict.said)} |"
        for kind, verdict in results
    ]
    head = "| group | kind | ends | code | reason |\n| --- | --- | --- | --- | --- |"
    return f"""\
# Bad releases, and what becomes of them

Written by `scripts/bad-releases --write`; a test tries them all and fails when a row is missing.

Each kind is a release 1.0.1 that is wrong in one way, beside live sessions on 1.0.0. Whatever it does, the
sessions keep their states and answer their next message in the old release's words, and the good 1.0.2 that
comes after it is installed hot for the same sessions. {len(results)} kinds.

- **not unpacked**: the store refuses the wheel, and nothing of it is left there;
- **refused**: nothing live was touched;
- **rolled back**: it went wrong in the live process only, and was undone there;
- **succeeded**: it runs; what went wrong afterwards could no longer harm a session, and is a warning.

{head}
{chr(10).join(rows)}
"""


def _end(verdict: Verdict) -> str:
    ended = verdict.ended.replace("_", " ")
    return f"{ended} ({verdict.phase})" if verdict.phase and verdict.ended != "succeeded" else ended


def _short(said: str) -> str:
    told = said.rpartition("; ")[0] or said  # the advice is the same for many
    text = _MACHINE.sub("", " ".join(told.split())).replace("|", "\\|").replace("<", "&lt;")
    return text if len(text) <= 160 else f"{text[:159]}…"


def _is_meant(kind: Bad, words: Sequence[str]) -> bool:
    return any(word in f"{kind.group}: {kind.name}" for word in words)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
