"""A long run is done in parts, and goes on where it was interrupted."""

from __future__ import annotations

from pathlib import Path

from tests.faults.attempt import Outcome
from tests.faults.parts import Kept, part_of
from tests.faults.points import Fault, Kind, Point

POINTS = [Point(Kind.UNDO, "here", "quiesced", time) for time in range(5)]
ATTEMPTS = [(point, Fault.RAISE) for point in POINTS]


def test_the_parts_are_the_whole(tmp_path: Path) -> None:
    """Every attempt is in exactly one part."""
    parts = [part_of(ATTEMPTS, number, 2) for number in range(2)]
    assert sorted(map(str, parts[0] + parts[1])) == sorted(map(str, ATTEMPTS))


def test_a_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """What has been done is not done again, by whatever number of processes."""
    Kept(tmp_path).add(ATTEMPTS[1], Outcome(wholly="old"))
    Kept(tmp_path).add(ATTEMPTS[4], Outcome(wholly="new"))

    again = Kept(tmp_path)
    assert again.rest(ATTEMPTS) == [ATTEMPTS[0], ATTEMPTS[2], ATTEMPTS[3]]
    assert [outcome.wholly for _, _, outcome in again.results(ATTEMPTS)] == ["old", "new"]


def test_a_result_that_was_being_written_is_made_again(tmp_path: Path) -> None:
    """A run that is killed in the middle of a write loses that attempt, and no other."""
    kept = Kept(tmp_path)
    kept.add(ATTEMPTS[0], Outcome(wholly="old"))
    for file in tmp_path.iterdir():
        file.with_suffix(".part").write_bytes(file.read_bytes()[:10])
        file.unlink()
    assert kept.rest(ATTEMPTS) == ATTEMPTS


def test_all_processes_have_the_same_points(tmp_path: Path) -> None:
    """One watches an upgrade; the others, and a run that goes on, take its points."""
    kept = Kept(tmp_path)
    assert kept.points(lambda: POINTS) == POINTS
    assert Kept(tmp_path).points(lambda: []) == POINTS
    assert Kept(tmp_path).points(lambda: POINTS[:1], lines=True) == POINTS[:1]
