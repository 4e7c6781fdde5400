"""Starlette's `WebSocketEndpoint`: its methods are looked up on `self` at every message.

An endpoint that has a `code_change` keeps its state in `self.state`; one that has an `upgraded` is told
afterwards. The instance is made by the router and held by nobody but its own frame, so it is found there.
"""

from __future__ import annotations

from typing import cast

from starlette.endpoints import WebSocketEndpoint

from ..sessions.frames import frames_of
from ..sessions.session import Holder, Session

__all__ = ["find_endpoint"]

_WANTED = ("state", "code_change", "upgraded")
"""What an endpoint has, at least one of them, that takes part in an upgrade."""


def find_endpoint(session: Session) -> Holder | None:
    """The endpoint that serves `session`; None when another kind of handler does."""
    if session.task is None:
        return None
    for frame in frames_of(session.task.get_coro()):
        endpoint = frame.f_locals.get("self") if frame.f_code.co_name == "dispatch" else None
        if isinstance(endpoint, WebSocketEndpoint):
            return _with_state(endpoint)
    return None


def _with_state(endpoint: WebSocketEndpoint) -> Holder | None:
    if not any(hasattr(endpoint, name) for name in _WANTED):
        return None
    if not hasattr(endpoint, "state"):
        endpoint.state = None  # type: ignore[attr-defined]
    return cast(Holder, endpoint)
