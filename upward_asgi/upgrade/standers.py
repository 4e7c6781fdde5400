"""Who stands in changed code: sessions, other tasks, threads.

A suspended frame of an unchanged function is not old code: its globals are live. Only frames of *changed*
functions are, and what they mean depends on whose they are:

- a plain handler that waits for its next message inside a changed function will not leave it: it drains, that
  is, it stays in its old frame, with its old state, until it ends by itself;
- a plain handler that is marked `@upgradable` is restarted instead, right after the commit;
- a plain handler in the middle of a message may leave the changed function soon, so it is given a moment;
- a `LiveSession` or an endpoint in the middle of a message, and a worker thread, leave by themselves: they
  are waited for. An endpoint with a loop of its own (in `dispatch`, or in what that or `on_connect` calls)
  drains when the loop changes: nobody looks it up at the next message. It is never restarted, for then
  another endpoint would be made, without the state of this one;
- a task that a session's handler started counts as the session's own, and an event stream as standing in the
  function that made it;
- any other task (a ticker, a request) goes on in its old frame; it is named in the report.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import dropwhile
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..sessions import Way
from ..sessions.frames import frames_of, owner_of

if TYPE_CHECKING:
    from ..patch import ChangedCode, FunctionPlace
    from ..sessions import Session
    from .hop import Step

__all__ = [
    "Patience",
    "Places",
    "Stander",
    "in_threads",
    "names_of_threads",
    "patience_of",
    "place_of",
    "stander_of_task",
    "waits_in_own_loop",
]


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
    in_changed_code: bool = True
    """False for a session that is only waited for, in the middle of a message."""
    stays: bool = False
    """True for a handler that could be restarted, but could not be ended now."""
    own_loop: bool = False
    """True when it waits for messages in a loop that the application wrote, in what keeps its state."""

    @property
    def way(self) -> Way | None:
        """Drain or restart for a plain handler; None for everybody else."""
        if self.session is None or not self.in_changed_code:
            return None
        if self.session.holder is not None:
            return Way.DRAIN if self.own_loop and self.patience is Patience.NONE else None
        return Way.DRAIN if self.session.restart is None or self.stays else Way.RESTART

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
        self._known: dict[int, tuple[CodeType, FunctionPlace | None]] = {}

    def __bool__(self) -> bool:
        """False when the patch changes no function: then nobody can stand in one."""
        return any(map(len, self._changed))

    @property
    def store(self) -> Path:
        """The folder that the releases lie in."""
        return self._store

    def find(self, code: CodeType) -> FunctionPlace | None:
        """The changed function that `code` belongs to, if any."""
        # By identity: code of another file may be equal, and to compare code takes its time.
        known = self._known.get(id(code))
        if known is None:
            known = self._known[id(code)] = (code, self._look_up(code))
        return known[1]

    def innermost(self, codes: Iterable[CodeType]) -> FunctionPlace | None:
        """The changed function of the last of `codes` that belongs to one."""
        found = None
        for code in codes:
            found = self.find(code) or found
        return found

    def of(self, task: asyncio.Task[Any] | None) -> FunctionPlace | None:
        """The changed function that a task is suspended in, if any."""
        from ..patch.activity import code_of_task

        return None if task is None else self.innermost(code_of_task(task))

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


def place_of(
    session: Session, places: Places, others: Iterable[asyncio.Task[object]] = ()
) -> FunctionPlace | None:
    """The changed function that the session's handler, or one of its `others` tasks, is suspended in."""
    place = places.of(session.task)
    if place is None:
        place = next((place for task in others if (place := places.of(task)) is not None), None)
    return places.find(session.code) if place is None and session.code is not None else place


def waits_in_own_loop(session: Session, places: Places) -> bool:
    """True when a changed function waits for the session's messages inside what keeps its state.

    What called that, a middleware for instance, is in nobody's way.
    """
    holder = session.holder
    if holder is None or session.task is None or getattr(holder, "rests_between_messages", False):
        return False
    frames = frames_of(session.task.get_coro())
    inside = dropwhile(lambda frame: frame.f_locals.get("self") is not holder, frames)
    return any(places.find(frame.f_code) is not None for frame in inside)


def patience_of(session: Session) -> Patience:
    """How long a commit waits for the session to leave changed code."""
    between_messages = not session.busy and (
        session.channel.parked > 0
        or session.stream is not None
        or getattr(session.holder, "rests_between_messages", False)
    )
    if between_messages:
        return Patience.NONE
    return Patience.A_MOMENT if session.holder is None else Patience.UNTIL_GONE


def stander_of_task(task: asyncio.Task[Any], places: Places) -> Stander | None:
    """A task that is not a session's handler, when it stands in a changed function.

    One that a handler started (a sender, the body of a stream) counts as the session.
    """
    place = places.of(task)
    if place is None:
        return None
    owner = owner_of(task)
    if owner is None or owner.ended:
        return Stander("task", task.get_name(), place, Patience.NONE)
    return Stander("session", owner.id, place, patience_of(owner), owner)


def in_threads(places: Places) -> Iterator[Stander]:
    """The threads that stand in a changed function now."""
    from ..patch.activity import code_of_threads

    names = names_of_threads()
    codes: dict[int, list[CodeType]] = {}
    for ident, code in code_of_threads():
        codes.setdefault(ident, []).append(code)
    for ident, stack in codes.items():
        place = places.innermost(reversed(stack))  # a thread's stack comes innermost first
        if place is not None:
            yield Stander("thread", names.get(ident, str(ident)), place, Patience.UNTIL_GONE)


def names_of_threads() -> dict[int | None, str]:
    """The names of the threads by their idents."""
    return {thread.ident: thread.name for thread in threading.enumerate()}
