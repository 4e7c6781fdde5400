"""Sessions that stay in an old frame: remembered until they leave it, or until it is current again."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.version import Version

from ..sessions import Way
from ..sessions.frames import tasks_by_session
from .service import Service
from .standers import Places, Stander, place_of

__all__ = ["remember_drains", "take_back_drains"]


def remember_drains(service: Service, found: Sequence[Stander], places: Places) -> None:
    """Whoever drains from now on, and the changed code that they may stand in."""
    for one in found:
        if one.session is not None and one.way is Way.DRAIN:
            service.drained[one.session] = places


def take_back_drains(service: Service, current: Version) -> None:
    """A session that has left its old frame since, or whose old frame is current again, is live."""
    drained = tuple(service.drained.items())
    tasks = tasks_by_session() if drained else {}
    for session, places in drained:
        gone = place_of(session, places, tasks.get(session, ())) is None
        if gone or session.release == current:
            session.judge(Way.LIVE)
            del service.drained[session]
