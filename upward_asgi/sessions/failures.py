"""What it is called when a session's state cannot follow."""

from __future__ import annotations

import inspect

from ..errors import CodeChangeError
from .session import Session

__all__ = ["failed", "raised", "require_state"]


def require_state(session: Session, old: object, new: object) -> None:
    """Raises `CodeChangeError` for what cannot be a state."""
    if inspect.isawaitable(new):
        if inspect.iscoroutine(new):
            new.close()
        raise failed(session, "an awaitable", "make code_change a plain function: it must not await")
    if new is None and old is not None:
        advice = "return the new state from code_change, also when it was changed in place"
        raise failed(session, "None", advice)


def raised(session: Session, error: BaseException) -> CodeChangeError:
    """What a `code_change` that raised comes to."""
    return failed(session, f"{type(error).__name__}: {error}", "mend code_change")


def failed(session: Session, got: str, do: str) -> CodeChangeError:
    """A session got this where a state was expected; `do` says what to do."""
    kind = session.state_type or "no state"
    return CodeChangeError(
        expected="code_change to return the new state",
        got=f"{got}, for session {session.id} (state {kind}, written by {session.release})",
        do=do,
    )
