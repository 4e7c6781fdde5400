"""What a session whose `code_change` fails leads to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..sessions import Broken, Session

__all__ = ["CLOSE_CODE", "CLOSE_REASON", "SessionPolicy", "broken_to_json", "close_broken", "end_broken"]

CLOSE_CODE = 1012
"""Service Restart: a client that gets it connects again."""
CLOSE_REASON = "the session's state could not follow an upgrade"
_NAMED = 100
"""Sessions that a report names; the count says how many there were."""


class SessionPolicy(StrEnum):
    """What is done when `code_change` fails for a session."""

    ABORT = "abort"
    """Nothing is upgraded: every session lives on in the old release."""
    CLOSE = "close"
    """That session is closed with 1012, and the others go on in the new release."""


def end_broken(broken: Broken) -> None:
    """From now on these sessions get nothing but a disconnect: no code meets their old state any more."""
    for session in broken:
        session.channel.end(CLOSE_CODE, CLOSE_REASON)


async def close_broken(session: Session) -> None:
    """Tell the client of a session that was ended. Returns when it is told, or gone already."""
    try:
        await session.channel.close()
    except OSError:
        return  # the client has left by itself


def broken_to_json(broken: Mapping[Session, Exception]) -> dict[str, object]:
    """The closed sessions as the report names them."""
    some = list(broken.items())[:_NAMED]
    return {
        "total": len(broken),
        "code": CLOSE_CODE,
        "sessions": [{"id": session.id, "path": session.path, "why": str(error)} for session, error in some],
    }
