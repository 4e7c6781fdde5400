"""Who stands in changed code: sessions, other tasks, threads.

A suspended frame of an unchanged function is not old code: its globals are live. Only frames of *changed*
functions are, and what they mean depends on whose they are:

- a plain handler that waits for its next message inside a changed function will not leave it: it drains, that
  is, it stays in its old frame, with its old state, until it ends by itself;
- a plain handler that is marked `@upgradable` is restarted instead, right after the commit;
- a plain handler in the middle of a message may leave the changed function soon, so it is given a moment;
- a `LiveSession` or an endpoint in the middle of a message, and a worker thread, leave by themselves: they
  are waited for. Between two messages their outer frames are in nobody's way;
- any other task (a ticker, a request) goes on in its old frame; it is named in the report.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from ..sessions import LiveSession, Way

if TYPE_CHECKING:
    from ..patch import ChangedCode, FunctionPlace
    from ..sessions import Session, Sessions
    from .hop import Step

__all__ = ["Patience", "Places", "Stander", "place_of", "standers"]


class Patience(Enum):
    """How long a commit waits for somebody to leave changed code."""

    UNTIL_GONE = "until gone"
    A_MOMENT = "a moment"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stander:
    """A session, task or thread that stands in a changed function."""

    kind: str
    """`session`, `task` or `thread`."""
    id: str
    place: FunctionPlace
    patience: Patience
    session: Session | None = None

    @property
    def way(self) -> Way | None:
        """Drain or restart for a plain handler; None for everybody else."""
        if self.session is None or self.session.holder is not None:
            return None
        return Way.DRAIN if self.session.restart is None else Way.RESTART

    @property
    def function(self) -> str:
        """`module:qualified.name` of the changed function."""
        return f"{self.place.module}:{self.place.qualname}"

    @property
    def where(self) -> str:
        """`file:line` of the changed function."""
        return f"{self.place.file}:{self.place.line}"

    def __str__(self) -> str:
        return f"{self.kind} {self.id} in {self.function} ({self.where})"

    def to_json(self) -> dict[str, object]:
        """The stander as the report shows it."""
        return {"kind": self.kind, "id": self.id, "function": self.function, "place": self.where}


class Places:
    """The changed functions of every hop, by release-relative file and qualified name.

    A suspended frame may be older than the release that runs: it keeps its code object while its function
    is only moved by a later patch. So it is its name that counts; for lambdas and the like, which share
    theirs, the exact code.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._changed: tuple[ChangedCode, ...] = tuple(step.prepared.changed for step in steps)
        self._named = {
            (place.file, place.qualname): place
            for changed in self._changed
            for entries in changed.places.values()
            for _, place in entries
            if not place.qualname.endswith(">")
        }
        self._store = steps[0].hop.old.root.parent
        self._known: dict[tuple[str, CodeType], FunctionPlace | None] = {}

    def __bool__(self) -> bool:
        """False when the patch changes no function: then nobody can stand in one."""
        return any(map(len, self._changed))

    def find(self, code: CodeType) -> FunctionPlace | None:
        """The changed function that `code` belongs to, if any."""
        key = (code.co_filename, code)  # equal code in another file is another function
        if key not in self._known:
            self._known[key] = self._look_up(code)
        return self._known[key]

    def innermost(self, codes: Iterable[CodeType]) -> FunctionPlace | None:
        """The changed function of the last of `codes` that belongs to one."""
        places = [place for code in codes if (place := self.find(code)) is not None]
        return places[-1] if places else None

    def _look_up(self, code: CodeType) -> FunctionPlace | None:
        try:
            parts = Path(code.co_filename).relative_to(self._store).parts
        except ValueError:
            return self._exactly(code)
        file = "/".join(parts[1:])
        place = self._named.get((file, code.co_qualname)) or self._exactly(code)
        return place if place is not None and place.file == file else None

    def _exactly(self, code: CodeType) -> FunctionPlace | None:
        found = (changed.find(code) for changed in self._changed)
        return next((place for place in found if place is not None), None)


def place_of(session: Session, places: Places) -> FunctionPlace | None:
    """The changed function that the session's handler is suspended in, if any."""
    from ..patch.activity import code_of_task

    return None if session.task is None else places.innermost(code_of_task(session.task))


def standers(sessions: Sessions, places: Places) -> tuple[Stander, ...]:
    """Everybody who stands in a changed function now."""
    if not places:
        return ()
    return (*_in_sessions(sessions, places), *_in_tasks(sessions, places), *_in_threads(places))


def _in_sessions(sessions: Sessions, places: Places) -> Iterator[Stander]:
    for session in sessions.open():
        place = place_of(session, places)
        if place is not None:
            yield Stander("session", session.id, place, _patience(session), session)


def _patience(session: Session) -> Patience:
    between_messages = not session.busy and (
        session.channel.parked > 0 or isinstance(session.holder, LiveSession)
    )
    if between_messages:
        return Patience.NONE
    return Patience.A_MOMENT if session.holder is None else Patience.UNTIL_GONE


def _in_tasks(sessions: Sessions, places: Places) -> Iterator[Stander]:
    from ..patch.activity import code_of_task

    own = {session.task for session in sessions.open()} | {asyncio.current_task()}
    for task in asyncio.all_tasks() - own:
        place = places.innermost(code_of_task(task))
        if place is not None:
            yield Stander("task", task.get_name(), place, Patience.NONE)


def _in_threads(places: Places) -> Iterator[Stander]:
    from ..patch.activity import code_of_threads

    names = {thread.ident: thread.name for thread in threading.enumerate()}
    codes: dict[int, list[CodeType]] = {}
    for ident, code in code_of_threads():
        codes.setdefault(ident, []).append(code)
    for ident, stack in codes.items():
        place = places.innermost(reversed(stack))  # a thread's stack comes innermost first
        if place is not None:
            yield Stander("thread", names.get(ident, str(ident)), place, Patience.UNTIL_GONE)
