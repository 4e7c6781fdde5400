"""The page of the documentation that a run writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from tests.faults.attempt import TRIES, Outcome
from tests.faults.parts import Result
from tests.faults.points import Fault, Point, row_of
from tests.faults.service import SESSIONS

__all__ = ["page"]

_NOT_REACHED = "not reached"


def page(found: Sequence[Point], points: Sequence[Point], results: Sequence[Result]) -> str:
    """The page of the documentation."""
    sessions = ", ".join(f"{many} on `{path}`" for path, many in SESSIONS.items())
    wrong = sum(bool(outcome.wrong) for *_, outcome in results)
    missed = sum(_missed(outcome) for *_, outcome in results)
    return f"""\
# Faults: what becomes of the sessions

Written by `scripts/faults --write`; a test fails when its rows are not those of an upgrade of today.

An upgrade of {sum(SESSIONS.values())} live sessions ({sessions}),
in which one thing goes wrong at one step. The steps are found by watching an upgrade: every await of the
operation and of the tasks that it starts, every entry of the patch's journal, every entry of the commit's
undo stack, every phase transition, before and after. At each one something is raised, the service is told to
end (in the middle of code: `CancelledError`), nothing ever comes back, or the process is killed by SIGKILL.
Afterwards:

- modules, states, stamps, ways, register and link are those of before (**old**), or all those of the new
  release (**new**), and the operation says which;
- each of the sessions answers its next message, once, in the words of that release;
- the next upgrade works. After a kill, the next boot starts the release of before, and upgrades.

{len(found)} points. Tried for this page: {len(points)} of them, with {len(results)} faults:
{len(results) - wrong - missed} ended as said, {wrong} did not, {missed} faults did not happen.

{_table(results)}
— means: cannot be, or none. Nothing hangs where nothing is waited for: in a phase transition, or in an await
that only lets others run for a turn.

No two upgrades go quite the same way: the number of slices that the sessions are gone through in depends on
time. So a point is known by its place (the functions on the way there), the phase, and the time that it is
there: the first, the second and so on. Where an upgrade only lets others run, and in the tasks of which each
session has one, the first, the second and the last time stand for all (`--turns` tries all). Where an upgrade
does not come to its point, the attempt is made again, {TRIES} times in all, and then counts as
**not reached** and as nothing else.

## Where the points are

{_places(found)}"""


def _table(results: Sequence[Result]) -> str:
    cells: dict[tuple[str, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for point, fault, outcome in results:
        column = _NOT_REACHED if _missed(outcome) else fault.value
        cells[row_of(point)][column][_shown(outcome)] += 1
    rows = [
        ["reached", "kind", *Fault, _NOT_REACHED],
        ["---"] * (len(Fault) + 3),
        *(
            [*row, *(_cell(found[fault]) for fault in Fault), str(found[_NOT_REACHED].total() or "—")]
            for row, found in cells.items()
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _missed(outcome: Outcome) -> bool:
    return not outcome.reached and not outcome.wrong


def _shown(outcome: Outcome) -> str:
    if outcome.wrong:
        return "**neither**"
    return outcome.wholly if outcome.state == "killed" else f"{outcome.wholly}, {outcome.state}"


def _cell(found: Counter[str]) -> str:
    return "; ".join(f"{many} × {words}" for words, many in sorted(found.items())) or "—"


def _places(points: Sequence[Point]) -> str:
    found = Counter((point.kind.value, point.where) for point in points)
    rows = [f"| {kind} | `{where}` | {many} |" for (kind, where), many in sorted(found.items())]
    return "\n".join(["| kind | in | points |", "| --- | --- | --- |", *rows]) + "\n"
