"""Errors as problem documents, and back."""

from __future__ import annotations

import pytest

from upward_asgi import errors
from upward_asgi.admin.problems import PROBLEM_TYPE, error_to_json, problem_to_error, status_of, to_problem
from upward_asgi.appup.verdict import Reason
from upward_asgi.errors import NotHot, OperationInProgress, UpwardError

CLASSES = [
    found
    for name in errors.__all__
    if isinstance(found := getattr(errors, name), type) and issubclass(found, UpwardError)
]


def made(cls: type[UpwardError]) -> UpwardError:
    error = cls.__new__(cls)
    UpwardError.__init__(error, expected="this", got="that", do="something")
    error.reasons = ()  # type: ignore[attr-defined]
    error.operation = "o"  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_has_a_problem_and_a_way_back(cls: type[UpwardError]) -> None:
    """Type, code, status and texts are there, and the CLI gets the same class again."""
    problem = to_problem(made(cls))
    assert problem["type"] == PROBLEM_TYPE + cls.code
    assert problem["code"] == cls.code
    assert isinstance(problem["status"], int)
    assert 400 <= problem["status"] < 600
    assert problem["title"]
    back = problem_to_error(problem)
    assert type(back) is cls
    assert (back.expected, back.got, back.do) == ("this", "that", "something")


def test_codes_are_unique() -> None:
    """A code stands for one class."""
    assert len({cls.code for cls in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, errors.Refused)])
def test_every_refusal_is_a_conflict(cls: type[UpwardError]) -> None:
    """The state of the service stands against it: 409."""
    assert status_of(made(cls)) == 409


def test_the_reasons_and_the_operation_travel_along() -> None:
    """What an error says besides its texts is in the document, and in the error made from it."""
    reason = Reason("native", "an extension module", "fast.c", 3, "release a minor version")
    problem = to_problem(NotHot([reason]))
    assert problem["reasons"] == [reason.to_json()]
    back = problem_to_error(problem)
    assert isinstance(back, NotHot)
    assert back.reasons == (reason,)
    running = problem_to_error(to_problem(OperationInProgress("abc")))
    assert isinstance(running, OperationInProgress)
    assert running.operation == "abc"


def test_what_is_no_problem_of_ours_is_no_error() -> None:
    """Another server's document is not taken for one of ours."""
    assert problem_to_error({"type": "about:blank", "status": 404}) is None


def test_the_cli_fields_are_the_contract() -> None:
    """`--json` prints these."""
    error = errors.NothingNewer(expected="a", got="b", do="c")
    assert error_to_json(error) == {
        "code": "nothing_newer",
        "message": "expected a, got b; c",
        "expected": "a",
        "got": "b",
        "do": "c",
    }
