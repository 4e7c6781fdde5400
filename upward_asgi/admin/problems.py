"""Errors as RFC 9457 problem documents, and back.

https://www.rfc-editor.org/rfc/rfc9457: `type` is `urn:upward:error:CODE`, `code` is the code alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from .. import errors
from ..appup.verdict import Reason
from ..errors import NotHot, OperationInProgress, UpwardError

__all__ = ["PROBLEM_TYPE", "error_to_json", "problem_to_error", "status_of", "to_problem"]

PROBLEM_TYPE = "urn:upward:error:"

_STATUS: dict[type[UpwardError], int] = {
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.BadRequest: 400,
    errors.NotFound: 404,
    errors.UnknownOperation: 404,
    errors.UnknownRelease: 404,
    errors.StoreLocked: 503,
    errors.Refused: 409,
    errors.ConfigurationError: 409,
    errors.UpgradeFailed: 409,
    errors.ReleaseError: 422,
    errors.TransformError: 422,
    errors.CodeChangeError: 422,
    errors.UpwardError: 500,
}


def status_of(error: UpwardError) -> int:
    """The HTTP status of an error: that of the nearest class in the tree which has one."""
    return next(_STATUS[cls] for cls in type(error).__mro__ if cls in _STATUS)


def error_to_json(error: UpwardError) -> dict[str, object]:
    """An error's fields as plain JSON values; the CLI's `--json` prints them under `error`."""
    found: dict[str, object] = {
        "code": error.code,
        "message": str(error),
        "expected": error.expected,
        "got": error.got,
        "do": error.do,
    }
    if isinstance(error, NotHot):
        found["reasons"] = [reason.to_json() for reason in error.reasons]
    if isinstance(error, OperationInProgress):
        found["operation"] = error.operation
    return found


def to_problem(error: UpwardError, status: int | None = None) -> dict[str, object]:
    """An error as a problem document."""
    fields = error_to_json(error)
    detail = fields.pop("message")
    return {
        "type": PROBLEM_TYPE + error.code,
        "title": (type(error).__doc__ or error.code).partition("\n")[0].rstrip("."),
        "status": status or status_of(error),
        "detail": detail,
        **fields,
    }


def problem_to_error(problem: Mapping[str, object]) -> UpwardError | None:
    """The error that a problem document (or `error_to_json`) stands for; None if it is not one of ours."""
    cls = _classes().get(str(problem.get("code")))
    if cls is None:
        return None
    error = cls.__new__(cls)
    texts = {name: str(problem.get(name, "?")) for name in ("expected", "got", "do")}
    UpwardError.__init__(error, expected=texts["expected"], got=texts["got"], do=texts["do"])
    if isinstance(error, NotHot):
        error.reasons = _reasons(problem.get("reasons"))
    if isinstance(error, OperationInProgress):
        error.operation = str(problem.get("operation", "?"))
    return error


def _reasons(found: object) -> tuple[Reason, ...]:
    return tuple(Reason.from_json(one) for one in found) if isinstance(found, list) else ()


def _classes() -> dict[str, type[UpwardError]]:
    found = (getattr(errors, name) for name in errors.__all__)
    return {cls.code: cls for cls in found if isinstance(cls, type) and issubclass(cls, UpwardError)}
