"""Who is in the middle of a message that a new state would fall into.

A handler that has read its state and writes it back after an `await` would write into the old state when
`code_change` has made a new one meanwhile: what it did would be lost without anybody noticing. So such
sessions come to the end of their message first. Which states change at all is known from the rehearsal; the
others need not be waited for, however long their messages take. A `busy` section is always waited for.
"""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from ..patch.changed import FunctionPlace
from ..sessions.frames import frames_of
from ..sessions.session import name_of_type
from .standers import Patience, Stander

if TYPE_CHECKING:
    from ..sessions import Session

__all__ = ["Kind", "in_the_middle", "kind_of"]

Kind = tuple[str, str]
"""The types of what keeps a session's state, and of the state."""


def kind_of(holder: type, state: type) -> Kind:
    """The types by name: the rehearsal's copy of the process has others."""
    return name_of_type(holder), name_of_type(state)


def in_the_middle(session: Session, changing: Set[Kind] | None, store: Path) -> Stander | None:
    """The session, when it must come to the end of what it does; None when it need not.

    `changing` are the kinds of state that the upgrade changes; None when that is not known.
    """
    if session.resting or session.ended or session.stream is not None:
        return None
    if not session.sections:
        kind = kind_of(type(session.holder), type(session.state))
        if session.state is None or (changing is not None and kind not in changing):
            return None
    patience = Patience.UNTIL_GONE if session.busy or session.holder is not None else Patience.A_MOMENT
    return Stander("session", session.id, _place(session, store), patience, session, in_changed_code=False)


def _place(session: Session, store: Path) -> FunctionPlace:
    """Where the session's handler stands now: in the release's code, if any of its frames is."""
    found = FunctionPlace("", "?", "?", 0)
    for frame in frames_of(session.task.get_coro() if session.task is not None else None):
        found = _place_of(frame, store) or found
    return found


def _place_of(frame: FrameType, store: Path) -> FunctionPlace | None:
    try:
        parts = Path(frame.f_code.co_filename).relative_to(store).parts
    except ValueError:
        return None
    module = str(frame.f_globals.get("__name__", ""))
    return FunctionPlace(module, frame.f_code.co_qualname, "/".join(parts[1:]), frame.f_lineno)
