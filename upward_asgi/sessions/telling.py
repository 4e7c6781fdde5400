"""`upgraded`: after the commit, every session that wants to know is told which release its user saw before.

A `LiveSession` takes the news from its mailbox. For the others the method of their endpoint, or the function
that their handler registered, is called beside the handler, in a copy of its context, while the session gets
no message: so it comes between two messages, and before the next one.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextvars import Context

import anyio
from packaging.version import Version
from starlette.websockets import WebSocketDisconnect

from .frames import context_of
from .functions import function_now
from .session import Holder, Session

__all__ = ["tell"]

_LOG = logging.getLogger("upward_asgi.sessions")
_AT_ONCE = 100
"""How many sessions are looked at within one step of the event loop."""
MOMENT_SECONDS = 1.0
"""How long a handler may take to come to its next message; one that only sends never does."""

Find = Callable[[Session], Holder | None]
Teller = Callable[[Version], Awaitable[BaseException | None]]


async def tell(news: Iterable[tuple[Session, Version]], find: Find) -> list[BaseException]:
    """Call `upgraded` of each session that has one, with its version; returns what they raised.

    `find` finds the endpoint of a session that keeps its state elsewhere. To cancel this ends every
    `upgraded` that still runs.
    """
    errors: list[BaseException] = []

    async def told(teller: Teller, old_vsn: Version) -> None:
        error = await teller(old_vsn)
        if error is not None:
            errors.append(error)

    # By then sessions may have ended: telling one of those returns at once.
    async with anyio.create_task_group() as tasks:
        for number, (session, old_vsn) in enumerate(news, 1):
            teller = _teller_of(session, find)
            if teller is not None:
                _context_of(session).run(tasks.start_soon, told, teller, old_vsn)
            if number % _AT_ONCE == 0:
                await anyio.lowlevel.checkpoint()
    return errors


def _teller_of(session: Session, find: Find) -> Teller | None:
    """What tells this session; None when it does not want to know, or is over."""
    if session.ended:
        return None
    if session.on_upgraded is not None:
        registered = function_now(session.on_upgraded)
        return None if registered is None else _Beside(session, registered)
    holder = session.holder or find(session)
    upgraded = getattr(holder, "upgraded", None)
    if not callable(upgraded) or getattr(upgraded, "upward_default", False):
        return None
    notify: Teller | None = getattr(holder, "notify_upgraded", None)
    return notify or _Beside(session, upgraded)


def _context_of(session: Session) -> Context:
    """A copy of what the session's handler runs in, so that it is known whose news this is."""
    context = None if session.task is None else context_of(session.task)
    return Context() if context is None else context.copy()


class _Beside:
    """Calls `upgraded` beside a handler that knows nothing of it."""

    def __init__(self, session: Session, upgraded: Callable[[Version], object]) -> None:
        self._session = session
        self._upgraded = upgraded

    async def __call__(self, old_vsn: Version) -> BaseException | None:
        session = self._session
        try:
            await _between_messages(session)
            if not session.ended:
                made = self._upgraded(old_vsn)
                if inspect.isawaitable(made):
                    await made
        except (Exception, SystemExit) as error:
            if _has_left(error):
                return None
            # The upgrade is committed and the state is whole: a view that was not pushed ends no session.
            _LOG.exception("upgraded() of session %s failed; the session goes on", session.id)
            return error
        finally:
            session.channel.let_go()
        return None


async def _between_messages(session: Session) -> None:
    """Hold the session when its handler waits for a message, or for what must be taken as that.

    Never in a `busy` section; nor is that kept from hearing its client's answer.
    """
    while not session.ended:
        await session.wait_until(lambda: not session.busy)
        session.channel.hold()
        with anyio.move_on_after(MOMENT_SECONDS):
            await session.wait_until(lambda: _waits_for_a_message(session))
        if not session.busy:
            return
        session.channel.let_go()


def _waits_for_a_message(session: Session) -> bool:
    return session.resting or (session.stream is not None and session.idle)


def _has_left(error: BaseException) -> bool:
    """True for what a send raises whose client is gone: servers raise an `OSError` without a number."""
    return isinstance(error, WebSocketDisconnect) or (isinstance(error, OSError) and error.errno is None)
