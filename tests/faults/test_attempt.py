"""When an attempt counts, and what is tried again."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.attempt import TRIES, Outcome, until_reached


def test_an_attempt_that_met_its_point_counts() -> None:
    """It is not tried again, whatever became of the sessions."""
    outcomes = iter([Outcome(wholly="old", wrong=["answered wrongly"])])
    assert until_reached(lambda: next(outcomes)).wrong == ["answered wrongly"]


def test_an_attempt_that_did_not_meet_its_point_is_made_again() -> None:
    """Another upgrade may come there."""
    outcomes = iter([Outcome(wholly="new", reached=False), Outcome(wholly="old")])
    assert until_reached(lambda: next(outcomes)).wholly == "old"


def test_a_point_that_is_never_met_is_said_not_to_be() -> None:
    """After some tries it is given up, and does not count as an attempt that went well."""
    made = []

    def attempt() -> Outcome:
        made.append(1)
        return Outcome(wholly="new", reached=False)

    assert not until_reached(attempt).reached
    assert len(made) == TRIES


def test_what_is_wrong_without_a_fault_is_not_tried_again() -> None:
    """An upgrade without a fault in it that goes wrong is the worst of all."""
    outcomes: Iterator[Outcome] = iter([Outcome(reached=False, wrong=["neither"])])
    assert until_reached(lambda: next(outcomes)).wrong == ["neither"]
