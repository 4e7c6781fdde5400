"""The commit: every hop's patch and `code_change`, all of it or nothing at all.

There is no `await` here. Each thing done leaves its undo on a stack; whatever is raised, `SystemExit` from a
user's function included, unwinds the stack to the bottom.

With few sessions it is one turn of the event loop. With many it yields whenever it has held the loop for
long enough. Only the states of sessions that *rest* (held between two messages, none of their code running)
are migrated in slices; everybody else changes in the same turn as the code does. What begins meanwhile, a
request or a connection, waits at the entrance of the registry until the result is certain.

The order within a hop: the store's `current` first, because new module-level code may read files that lie
beside it through `__file__`; up: patch, then `code_change` in the new code, the application's before the
sessions'; down: `code_change` by the newer code that still runs, the other way round, then the patch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from packaging.version import Version

from ..errors import NotUndone
from ..sessions import Way
from ..sessions.snapshot import Snapshot
from .application import changes_of
from .configuration import Difference, Watch
from .machine import Event
from .slices import chunks
from .turn import Turn

if TYPE_CHECKING:
    from ..patch import Patch
    from ..sessions import Broken, Session, Staged
    from ..store import Store
    from .application import Application
    from .hop import Step
    from .standers import Stander

__all__ = ["Commit", "Stages"]

_CHUNK = 64
"""Sessions between two looks at the clock."""


class Stages(Protocol):
    """Where the sessions are: `sessions.Sessions`."""

    def open(self) -> Sequence[Session]:
        """All open sessions."""
        ...

    def staging(self, *, old_vsn: Version, to: Version, broken: Broken | None) -> Staged:
        """What calls `code_change` and assigns. Raises `CodeChangeError` when `broken` is None."""
        ...


class Commit:
    """What is done, and how to undo it.

    `store` is None at the rehearsal, which writes no files. `found` are those who stand in changed code;
    the plain handlers among them drain or are restarted. `resting` may be migrated in slices, the `others`
    in the step of the patch; without these it is everybody else then. With `broken`, sessions whose
    `code_change` fails are collected there, to be closed, and the rest goes on.
    Whoever advances the slices does so within `turn`; an undo ends that bound.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        *,
        sessions: Stages,
        application: Application,
        store: Store | None,
        happened: Callable[[Event], None],
        found: Sequence[Stander] = (),
        resting: Collection[Session] = (),
        others: Callable[[], Sequence[Session]] | None = None,
        is_over: Callable[[], bool] = lambda: False,
        broken: Broken | None = None,
        turn: Turn | None = None,
    ) -> None:
        self.steps = steps
        self._turn = turn or Turn(None)
        self._sessions = sessions
        self._application = application
        self._store = store
        self._happened = happened
        self._found = found
        self._resting = resting
        self._others = others or sessions.open
        self._is_over = is_over
        self._broken = broken
        self._undo: list[tuple[str, Callable[[], None]]] = []
        self.where = "the commit"
        """The step under way, for the report of a failure."""
        self.release: Version | None = None
        """The release of the hop under way; None while no hop is."""
        self.patches: list[Patch] = []
        self.staged: list[Staged] = []
        self._watches: list[Watch] = []
        self.config: list[Difference] = []
        """What happened to the application's settings, hop by hop."""

    def carry_out(self) -> None:
        """Do all of it in one step."""
        for _ in self.slices():
            pass

    def slices(self) -> Generator[None, None, None]:
        """Do all of it, yielding after each slice. On any exception undo all of it and raise it again.

        To close it before its end is an exception too. Raises `NotUndone`, chained to the exception, when
        an undo raised as well.
        """
        try:
            self._judge()
            for step in self.steps:
                yield from self._hop(step)
        except BaseException as failure:
            self.undo(failure)
            raise

    def settle(self) -> None:
        """The event loop goes on before the result is certain: what others change from now on is theirs."""
        for patch in self.patches:
            patch.settle()

    def forget(self) -> Iterator[None]:
        """The result is certain: let go of everything that an undo would have needed, some with each step."""
        self._undo.clear()
        for patch in self.patches:
            patch.forget()
        while self.staged:
            yield from self.staged[-1].forget()
            self.staged.pop()

    def undo(self, failure: BaseException | None = None) -> None:
        """Take back everything done, the last thing first, all of it even if one undo raises."""
        self._turn.disarm()
        errors: list[BaseException] = []
        while self._undo:
            name, undo = self._undo.pop()
            try:
                undo()
            except BaseException as error:
                error.add_note(f"while undoing: {name}")
                errors.append(error)
        if errors:
            raise _not_undone(errors) from failure

    def _judge(self) -> None:
        """Say which sessions drain (their state stays with the release of their frame) and which restart."""
        for one in self._found:
            session, way = one.session, one.way
            if session is None or way is None:
                continue
            self._undo.append(("the way of a session", partial(session.judge, *_judgement(session))))
            session.judge(way, f"{one.function} changed while its handler stands in it", one.where)

    def _hop(self, step: Step) -> Iterator[None]:
        self.release = step.hop.new.version
        if step.hop.down:
            staged = self._staging(step)
            yield from self._migrate_resting(staged)
            if len(self._resting) > _CHUNK:
                yield  # the turn of the patch is long enough by itself
            self._migrate_others(staged)
            self._happened(Event.MIGRATE)
            self._change_application(step)
            self._make_current(step)
            self._patch(step)
            self._change_config(step)
            return
        self._make_current(step)
        self._patch(step)
        self._change_application(step)
        self._change_config(step)
        staged = self._staging(step)
        self._migrate_others(staged)
        yield from self._migrate_resting(staged)
        self._happened(Event.MIGRATE)

    def _make_current(self, step: Step) -> None:
        if self._store is None:
            return
        store, old = self._store, step.hop.old.version
        self.where = f"making {step.hop.new.version} current in the store"
        # Before the call: a call that raised half-way may have replaced the link already.
        self._undo.append((self.where, lambda: store.make_current(old)))
        store.make_current(step.hop.new.version)

    def _patch(self, step: Step) -> None:
        self.where = f"the patch from {step.hop.old.version} to {step.hop.new.version}"
        watch = Watch(step.hop.new.settings)
        undo = self._will_undo()
        patch = step.prepared.apply()
        undo.do = patch.undo
        self.patches.append(patch)
        self.where = "looking up the application object"
        undo = self._will_undo()
        undo.do = self._application.reload()
        if watch:
            self._watches.append(watch)
        self._happened(Event.PATCH)

    def _change_application(self, step: Step) -> None:
        """The application's own `code_change`: what its start-up would do that this process never ran."""
        hop, app = step.hop, self._application.app
        for function in changes_of(app, hop.newer.settings.code_change):
            self.where = f"the application's code_change from {hop.old.version} to {hop.new.version}"
            self._remember(app)
            function(app, hop.old_vsn, hop.new.version)

    def _remember(self, app: object) -> None:
        """What the application and its `state` hold, put back by the undo."""
        before = Snapshot()
        for holder in (app, getattr(app, "state", None)):
            before.remember(holder)
        self._undo.append((self.where, before.restore))

    def _change_config(self, step: Step) -> None:
        """Tell the application, in the code that runs now, which of its settings are others."""
        while self._watches:
            self.where = f"config_change from {step.hop.old.version} to {step.hop.new.version}"
            self._remember(self._application.app)
            watch = self._watches.pop()
            self._undo.append((self.where, watch.undo))
            self.config.append(watch.tell())

    def _staging(self, step: Step) -> Staged:
        hop = step.hop
        self.where = f"code_change from {hop.old.version} to {hop.new.version}"
        staged = self._sessions.staging(old_vsn=hop.old_vsn, to=hop.new.version, broken=self._broken)
        self._undo.append((self.where, staged.undo))
        self.staged.append(staged)
        return staged

    def _migrate_others(self, staged: Staged) -> None:
        """Those who may run at any moment, or whose number is no matter."""
        for some in chunks(self._others()):
            staged.compute(some)
        staged.assign()

    def _migrate_resting(self, staged: Staged) -> Iterator[None]:
        resting = iter(self._resting)
        while some := tuple(islice(resting, _CHUNK)):
            staged.compute([session for session in some if not session.gone])  # since it was seen to rest
            staged.assign()
            if self._is_over():
                yield

    def _will_undo(self) -> _Undo:
        """The undo of what is done next, on the stack before it is done: no failure can part the two."""
        undo = _Undo()
        self._undo.append((self.where, undo))
        return undo


class _Undo:
    """Undoes nothing until it is told what: who raises half-way has undone that himself."""

    def __init__(self) -> None:
        self.do: Callable[[], None] = _nothing

    def __call__(self) -> None:
        self.do()


def _nothing() -> None:
    return None


def _judgement(session: Session) -> tuple[Way, str, str | None]:
    return session.way, session.reason, session.place


def _not_undone(errors: Sequence[BaseException]) -> NotUndone:
    names = "; ".join(f"{type(e).__name__}: {e} ({', '.join(e.__notes__)})" for e in errors)
    return NotUndone(
        expected="every step undone",
        got=names,
        do="restart the service, which boots the permanent release, and report this as a bug",
    )
