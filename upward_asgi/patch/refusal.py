"""How a rule of the patch says, in the live process, that something cannot follow."""

from __future__ import annotations

from ..appup.verdict import Reason

__all__ = ["CannotFollow"]


class CannotFollow(Exception):
    """A live object cannot become what the new release makes of it; the whole patch is undone and refused."""

    def __init__(
        self, code: str, message: str, *, advice: str, file: str | None = None, line: int | None = None
    ):
        super().__init__(message)
        self.reason = Reason(code=code, message=message, file=file, line=line, advice=advice)
