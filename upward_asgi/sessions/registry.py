"""All open sessions of a process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count, takewhile

import anyio
from packaging.version import Version

from .channel import Channel
from .gate import Gate
from .routes import Routes
from .session import UNKNOWN, Holder, Restarts, Session, Way
from .staging import Broken, Staged, stage
from .telling import tell

__all__ = ["Finder", "Sessions"]

Finder = Callable[[Session], Holder | None]
"""Finds the object of a framework that keeps a session's state; None when there is none."""


class Sessions:
    """The registry: every session from its connect to its end."""

    def __init__(self, release: Version = UNKNOWN) -> None:
        self.release = release
        """The release that new sessions begin with."""
        self.crashes = 0
        """How many sessions were ended by an exception of their handler since the start."""
        self.routes = Routes()
        """Whose handlers may be restarted though they carry no mark."""
        self.finders: list[Finder] = []
        """How frameworks keep state; asked once for a session that has none of its own."""
        self._open: dict[str, Session] = {}
        self._ids = count(1)
        self._gate = Gate()
        self._singly_held: set[Session] = set()
        self.entrance = Gate()
        """What begins (a request, a connection) waits here while states change in several steps."""

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, kind: str, path: str, channel: Channel) -> Session:
        """Register a connection that was just made."""
        session = Session(
            id=f"s{next(self._ids)}", kind=kind, path=path, release=self.release, channel=channel
        )
        channel.share(self._gate)
        self._open[session.id] = session
        return session

    def end(self, session: Session) -> None:
        """Forget a session whose connection is over."""
        self._open.pop(session.id, None)
        session.task = None
        session.gone = True
        session.channel.let_go()
        session.channel.tell()

    def open(self) -> tuple[Session, ...]:
        """All open sessions, oldest first."""
        return tuple(self._open.values())

    def begun_since(self, is_known: Callable[[Session], bool]) -> list[Session]:
        """The open sessions that are younger than all known ones, oldest first; costs as much as they are."""
        found = list(takewhile(lambda session: not is_known(session), reversed(self._open.values())))
        return found[::-1]

    def get(self, id: str) -> Session | None:  # noqa: A002
        """The open session with this id."""
        return self._open.get(id)

    def by_way(self) -> dict[str, int]:
        """How many sessions go each way."""
        return dict(Counter(str(session.way) for session in self._open.values()))

    def by_release(self) -> dict[str, int]:
        """How many sessions have a state written by each release."""
        return dict(Counter(str(session.release) for session in self._open.values()))

    def hold(self, sessions: Iterable[Session] | None = None) -> None:
        """Let no new message reach these sessions (all, also those still to come), until `let_go`."""
        if sessions is None:
            self._gate.close()
            return
        for session in sessions:
            session.channel.hold()
            self._singly_held.add(session)

    def let_go(self) -> None:
        """Let messages through again, in the order in which they came."""
        self.entrance.open()
        self._gate.open()
        while self._singly_held:
            self._singly_held.pop().channel.let_go()

    @property
    def held(self) -> bool:
        """True while no session gets a message."""
        return self._gate.closed

    async def until_let_go(self) -> None:
        """Return when sessions get their messages."""
        await self._gate.passed()

    async def restart(self, sessions: Iterable[Session] | None = None) -> dict[str, BaseException | None]:
        """End the handlers of these sessions (all whose way is restart) and start the new ones.

        Returns, by session id, what each new handler raised before it first waited for a message, or None.
        """
        chosen = [s for s in self.open() if s.way is Way.RESTART] if sessions is None else list(sessions)
        staying = await self.end_handlers(chosen)
        return await self.start_handlers([session for session in chosen if session not in staying])

    async def end_handlers(self, sessions: Iterable[Session]) -> tuple[Session, ...]:
        """End the handlers of these sessions, all at the same time; those that cannot be ended are returned.

        The connections stay open and have no handler until `start_handlers`.
        """
        staying: list[Session] = []

        async def one(session: Session, restart: Restarts) -> None:
            if not await restart.end():
                staying.append(session)

        async with anyio.create_task_group() as tasks:
            for session in sessions:
                if session.restart is not None:
                    tasks.start_soon(one, session, session.restart)
        return tuple(staying)

    async def start_handlers(
        self, sessions: Iterable[Session], *, together: bool = True
    ) -> dict[str, BaseException | None]:
        """Start the new handlers; returns by session id what each raised before it had settled, or None.

        Hold the sessions meanwhile. If one has raised, what the others sent is not released, unless
        `together` is False, and nothing is lost by ending them all and starting others.
        """
        outcomes: dict[str, BaseException | None] = {}
        chosen = [(session, session.restart) for session in sessions if session.restart is not None]

        async def one(session: Session, restart: Restarts) -> None:
            outcomes[session.id] = await restart.start()
            if outcomes[session.id] is None and not together:
                await restart.release()

        async with anyio.create_task_group() as tasks:
            for session, restart in chosen:
                tasks.start_soon(one, session, restart)
        outcomes.update((session.id, error) for session, restart in chosen if (error := restart.failure))
        if together and not any(outcomes.values()):
            async with anyio.create_task_group() as tasks:
                for _, restart in chosen:
                    tasks.start_soon(restart.release)
        return outcomes

    def stage(
        self,
        *,
        old_vsn: Version,
        to: Version,
        sessions: Iterable[Session] | None = None,
        extra: object = None,
    ) -> Staged:
        """Compute the new state of every session by `code_change`, and assign none.

        `old_vsn` is a `Down` on the way down. Must be called, assigned and undone without an `await` in
        between. Raises `CodeChangeError`, after bringing back every state that was changed in place.
        """
        chosen = self.open() if sessions is None else tuple(sessions)
        self.find_holders(chosen)
        return stage(self.staging(old_vsn=old_vsn, to=to, extra=extra), chosen)

    def staging(
        self, *, old_vsn: Version, to: Version, extra: object = None, broken: Broken | None = None
    ) -> Staged:
        """A staging of no session yet, for those who go through the sessions in several steps."""
        return Staged(self, old_vsn=old_vsn, to=to, extra=extra, broken=broken)

    def find_holders(self, sessions: Iterable[Session]) -> None:
        """Find the object of a framework that keeps the state of those who have none of their own."""
        for session in sessions:
            if session.holder is None and session.state is None:
                session.holder = self._found(session)

    async def tell(self, staged: Staged) -> list[BaseException]:
        """Call `upgraded` of every session that has one, after the commit; returns what they raised.

        To cancel this ends every `upgraded` that still runs.
        """
        return await tell(staged.told(), self._found)

    def _found(self, session: Session) -> Holder | None:
        return next((holder for find in self.finders if (holder := find(session)) is not None), None)
