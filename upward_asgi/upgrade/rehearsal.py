"""The rehearsal: the whole upgrade done for real in a forked copy of the process, then thrown away.

The copy has the true state of every session, so it shows what no dry run on paper can: the one
`code_change` in 100,000 that fails, a hang, a crash, `sys.exit`. The parent forks on the event loop (some
milliseconds), so that the copy is taken between two steps of the program, and waits for the child's report
in a thread.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.version import Version

from ..appup.code_changes import carried_by
from ..errors import NotHot, UpwardError
from ..store.current import CURRENT
from .application import function_named
from .commit import Commit, Stages
from .copies import can_fork, outcome_of
from .hop import Step
from .messages import kind_of
from .nearness import heap_size
from .rehearsal_result import Failure, Rehearsal
from .report import place_of_error
from .shown_link import show_link

if TYPE_CHECKING:
    from ..appup.trees import Tree
    from ..patch import ImportRoot
    from ..sessions import Broken, Sessions
    from .application import Application
    from .proof import Proof
    from .refinement import Lesson
    from .standers import Stander

__all__ = ["rehearse"]

_SAMPLES = 5
"""Sessions named for each cause of failure; the count says how many there were."""


async def rehearse(
    steps: Sequence[Step],
    *,
    sessions: Sessions,
    application: Application,
    timeout: float,  # noqa: ASYNC109 - the child is killed, not cancelled
    memory: int | None,
    found: Sequence[Stander] = (),
    proofs: Mapping[Version, Proof] = MappingProxyType({}),
    imports: ImportRoot | None = None,
    compare: bool = False,
) -> Rehearsal:
    """Run the commit in a forked copy, and tell how it went there; where no copy can be made, tell that.

    `timeout` is in seconds; `memory` is what the copy may allocate, in bytes; after a hop that
    `proofs` has a proof for, the copy compares itself with a fresh start. With `imports`, `__file__`
    shows the versioned folders there: `current` is the parent's, with the old release's files behind it.
    With `compare` the copy also tells what a look near the modules alone would have missed.
    """
    if not can_fork():
        return Rehearsal(where="none")
    from .fork import start_fork
    from .fork_outcome import Returned

    loop = asyncio.get_running_loop()
    commit = _Proving(proofs, steps, sessions, application, found)
    job = partial(_in_the_copy, commit, loop, imports, compare=compare)
    began = time.perf_counter()
    fork = start_fork(job, timeout=timeout, memory=memory)
    fork_seconds = time.perf_counter() - began
    outcome = await outcome_of(fork, timeout)
    rehearsal = outcome.value if isinstance(outcome, Returned) else Rehearsal("fork", ended=str(outcome))
    rehearsal.fork_seconds = fork_seconds
    return rehearsal


def _in_the_copy(
    commit: _Proving,
    loop: asyncio.AbstractEventLoop,
    imports: ImportRoot | None,
    *,
    compare: bool,
) -> Rehearsal:
    # A `code_change` may ask for the running loop, as it can in the parent; here it only never turns.
    asyncio._set_running_loop(loop)
    if imports is not None:
        imports.presented = lambda root: root  # type: ignore[method-assign]
    rehearsal = Rehearsal(where="fork", failures=commit.failures)
    if compare:
        rehearsal.objects = heap_size()
        commit.compare()
    began = time.perf_counter()
    try:
        commit.carry_out()
        commit.check()
    except (KeyboardInterrupt, MemoryError):
        raise
    except NotHot as cold:
        rehearsal.reasons = cold.reasons
    except BaseException as error:
        rehearsal.failures.append(_failure(error, commit.where, commit.release, commit.store_root))
    rehearsal.changing = frozenset(kind_of(*kind) for staged in commit.staged for kind in staged.changing)
    rehearsal.commit_seconds = time.perf_counter() - began - commit.beside_seconds
    rehearsal.config = [one.to_json() for one in commit.config]
    rehearsal.lessons, rehearsal.reset = commit.lessons, commit.reset
    if compare:
        rehearsal.missed = commit.missed()
    rehearsal.proof_seconds = commit.proof_seconds if commit.proofs else None
    return rehearsal


class _Proving(Commit):
    """A commit that compares the process with a fresh start round each patch.

    Round the patch alone: what a `code_change` does to the application is the user's own doing.
    """

    def __init__(
        self,
        proofs: Mapping[Version, Proof],
        steps: Sequence[Step],
        sessions: Stages,
        application: Application,
        found: Sequence[Stander],
    ) -> None:
        self.broken: Broken = {}
        self.failures: list[Failure] = []
        """The sessions that could not follow, by cause."""
        super().__init__(
            steps,
            sessions=sessions,
            application=application,
            store=None,
            happened=lambda event: None,
            found=found,
            broken=self.broken,  # goes on after a `code_change` that fails, to find the others
        )
        self.proofs = proofs
        self.proof_seconds = 0.0
        self.lessons: dict[Version, Lesson] = {}
        self.reset: dict[str, str] = {}
        """The names that lose what they have gathered, and where they are made anew."""

    @property
    def beside_seconds(self) -> float:
        """How long was spent on what the commit will not do."""
        return self.proof_seconds + sum(patch.report.compared_seconds for patch in self.patches)

    def compare(self) -> None:
        """Tell what a near look would have missed."""
        from ..patch import Reach

        for step in self.steps:
            step.prepared.reach = Reach.COMPARED

    def missed(self) -> dict[Version, tuple[str, ...]]:
        """What it would have missed, by release; nothing of a hop that failed."""
        done = zip(self.steps, self.patches, strict=False)
        return {step.hop.new.version: patch.report.missed for step, patch in done}

    def _hop(self, step: Step) -> Iterator[None]:
        known = set(self.broken)
        try:
            yield from super()._hop(step)
        finally:
            hop = step.hop
            where = f"code_change from {hop.old.version} to {hop.new.version}"
            new = {session: error for session, error in self.broken.items() if session not in known}
            self.failures += _grouped(new, where, hop.new.version, self.store_root)

    @property
    def store_root(self) -> Path:
        """The folder that the releases lie in."""
        return self.steps[0].hop.old.root.parent

    def check(self) -> None:
        """The application's own check of what it is now, which [tool.upward] names as `rehearse`."""
        named = self.steps[-1].hop.new.settings.rehearse
        if named is None or self.failures:
            return
        self.where = f"the application's own check {named}"
        function_named(named, "rehearse")(self._application.app)

    def _make_current(self, step: Step) -> None:
        show_link(self.store_root / CURRENT, step.hop.new.root)

    def _patch(self, step: Step) -> None:
        proof = self.proofs.get(step.hop.new.version)
        if proof is None:
            super()._patch(step)
            return
        began = time.perf_counter()
        before = proof.describe_live()
        self.proof_seconds += time.perf_counter() - began
        super()._patch(step)
        began = time.perf_counter()
        lesson = proof.lesson(before, proof.describe_live(), carried_by(step.hop.instructions))
        self.lessons[step.hop.new.version] = lesson
        self.reset |= {name: _place(step.prepared.new, name) for name in lesson.reset}
        self.proof_seconds += time.perf_counter() - began


def _grouped(broken: Broken, where: str, release: Version, store: Path) -> list[Failure]:
    """The sessions by the cause of their failure."""
    found: dict[str, Failure] = {}
    for session, error in broken.items():
        cause = _named(error.__cause__ or error)
        if cause not in found:
            found[cause] = _failure(error, where, release, store)
        known = found[cause]
        known.count += 1
        known.sessions += [session.id] if len(known.sessions) < _SAMPLES else []
    return list(found.values())


def _failure(error: BaseException, where: str, release: Version | None, store: Path) -> Failure:
    cause = error.__cause__ if isinstance(error, UpwardError) and error.__cause__ else error
    lines = "".join(traceback.format_exception(error))
    at = place_of_error(error, store)
    return Failure(_named(cause), where, None if release is None else str(release), lines, at)


def _named(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _place(tree: Tree, name: str) -> str:
    """`file:line` of the last statement that binds `pkg.mod:NAME`."""
    from ..appup.scopes import Scopes

    module, _, bound = name.partition(":")
    found = Scopes(tree).binding(module, bound)
    file = tree[module].path.relative_to(tree.root).as_posix()
    return f"{file}:{found[-1].line}" if found else file
