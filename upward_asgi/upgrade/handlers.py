"""The handlers that an operation restarts: ended before the commit, started after it, or handed back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from ..errors import UpgradeFailed
from .standers import Stander

if TYPE_CHECKING:
    from ..sessions import Session, Sessions

__all__ = ["Handlers"]


class Handlers:
    """Whose handler one operation has ended, and who could not be ended. `seconds` bounds every start."""

    def __init__(self, sessions: Sessions, seconds: float) -> None:
        self.ended: dict[Session, Stander] = {}
        """The sessions without a handler, each with where it stood in changed code."""
        self._staying: set[Session] = set()
        self._sessions = sessions
        self._seconds = seconds

    def account_for(self, found: Iterable[Stander]) -> tuple[Stander, ...]:
        """What a look at the stacks found, and those who stand nowhere any more because they were ended.

        Who could not be ended stays in his old frame: he drains.
        """
        seen = [replace(one, stays=one.session in self._staying) for one in found]
        standing = {one.session for one in seen}
        return (*seen, *(one for session, one in self.ended.items() if session not in standing))

    async def end(self, standers: Iterable[Stander]) -> None:
        """End the handlers of these sessions; the connections stay open."""
        chosen = {one.session: one for one in standers if one.session is not None}
        try:
            self._staying.update(await self._sessions.end_handlers(chosen))
        finally:
            # Cut off by a shutdown, those that have not ended yet are started again too: that does no harm.
            self.ended.update((s, one) for s, one in chosen.items() if s not in self._staying)

    async def start(self) -> None:
        """Start the new handlers. Raises `UpgradeFailed` when one raises before it waits for a message."""
        with anyio.move_on_after(self._seconds) as scope:
            outcomes = await self._sessions.start_handlers(self.ended)
        if scope.cancelled_caught:
            raise _hung(self._seconds)
        failed = {id_: error for id_, error in outcomes.items() if error is not None}
        if failed:
            raise _crashed(failed)

    @property
    def turned_away(self) -> frozenset[Session]:
        """The sessions whose new handler refused the client that the old one had accepted."""
        return frozenset(s for s in self.ended if s.restart is not None and s.restart.refused)

    async def end_again(self) -> None:
        """End the new handlers, which have sent nothing yet; also at a shutdown."""
        if self.ended:
            with anyio.CancelScope(shield=True):  # bounded: each has so long to end, and no longer
                await self._sessions.end_handlers(self.ended)

    async def hand_back(self) -> bool:
        """Start the handlers of the release that runs; also at a shutdown. False when that took too long."""
        if not self.ended:
            return True
        with anyio.move_on_after(self._seconds, shield=True) as scope:
            await self._sessions.start_handlers(self.ended, together=False)
        return not scope.cancelled_caught


def _crashed(failed: Mapping[str, BaseException]) -> UpgradeFailed:
    id_, first = next(iter(failed.items()))
    error = UpgradeFailed(
        expected="the new handlers to come as far as waiting for a message",
        got=f"{len(failed)} that raised; in session {id_}: {type(first).__name__}: {first}",
        do="mend the handler; the old ones took over again",
    )
    error.__cause__ = first
    return error


def _hung(seconds: float) -> UpgradeFailed:
    return UpgradeFailed(
        expected=f"the new handlers to wait for a message within {seconds:g} s (restart_seconds)",
        got="no end of their start",
        do="see what their start waits for; the old ones took over again",
    )
