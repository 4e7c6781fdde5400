"""The soak's judges: what counts as lost, doubled, reordered, closed, broken or growing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.soak.ledger import Ledger, Sequence
from benchmarks.soak.memory import BAR, EVERY, FEWEST, growth
from benchmarks.soak.releases import BAD
from benchmarks.soak.report import FORBIDDEN, Report
from benchmarks.soak.upgrader import Done, Order, Orders

MB = 1_000_000


@pytest.mark.parametrize(
    ("numbers", "lost", "doubled", "reordered"),
    [
        ([1, 2, 3, 4], 0, 0, 0),
        ([1, 2, 4], 1, 0, 0),
        ([1, 2], 2, 0, 0),
        ([1, 2, 2, 3, 4], 0, 1, 0),
        ([1, 3, 2, 4], 0, 0, 1),
        ([1, 3, 2, 2, 4], 0, 1, 1),
        ([], 4, 0, 0),
        ([0, 1, 2, 3, 4], 0, 1, 0),
    ],
)
def test_sequence(numbers: list[int], lost: int, doubled: int, reordered: int) -> None:
    """Of 1 to 4, each number that comes late, twice or not at all is counted as that."""
    sequence = Sequence()
    for number in numbers:
        sequence.came(number)
    assert (sequence.lost(4), sequence.doubled, sequence.reordered) == (lost, doubled, reordered)
    assert sequence.reached(4) is (lost == 0)


def said(*messages: str, sent: int = 2) -> Ledger:
    ledger = Ledger()
    ledger.sent = sent
    for message in messages:
        ledger.took(message)
    return ledger


WHOLE = ["hello 8", "answer 1 1 whole a b c ", "cast 8 r0", "answer 2 2 whole a b c ", "cast 9 r0", "bye 9"]


def test_ledger_of_a_whole_connection() -> None:
    """A connection on which all came in order has no findings but what it sent."""
    ledger = said(*WHOLE)
    assert ledger.complete
    assert +ledger.findings() == Counter(sent=2)


@pytest.mark.parametrize(
    ("at", "instead", "found"),
    [
        (1, [], "lost"),
        (2, [], "lost"),
        (4, [], "lost"),
        (5, [], "lost"),
        (0, [], "lost"),
        (3, ["answer 2 2 whole a b c ", "answer 2 2 whole a b c "], "doubled"),
        (2, ["cast 8 r0", "cast 8 r0"], "doubled"),
        (3, ["answer 2 1 whole a b c "], "broken"),
        (3, ["answer 2 2 broken a b c "], "broken"),
        (3, ["answer 2 2 whole a b c ", "never 0"], "broken"),
    ],
)
def test_ledger_finds(at: int, instead: list[str], found: str) -> None:
    """What is missing, comes twice or shows another tally is found, whichever message it is."""
    ledger = said(*WHOLE[:at], *instead, *WHOLE[at + 1 :])
    assert ledger.findings()[found] >= 1


def test_ledger_of_a_closed_connection() -> None:
    """A connection that the service closed is one finding; what it had not answered is lost too."""
    ledger = said("hello 1", "answer 1 1 whole a b c ")
    ledger.closed = "1012"
    assert not ledger.complete
    assert +ledger.findings() == Counter(sent=2, lost=1, closed=1)


def test_flat_memory() -> None:
    """Growth before the second half, and one peak in it, are no finding."""
    sizes = [50 * MB + min(step, 18) * MB for step in range(40)]
    sizes[30] += 300 * MB
    assert growth(sizes).flat and growth(sizes).judged


def test_growing_memory() -> None:
    """More for each operation than the bar is a finding, once there were operations enough."""
    enough = FEWEST // EVERY
    sizes = [50 * MB + step * EVERY * 2 * BAR for step in range(2 * enough)]
    assert not growth(sizes).flat
    assert growth(sizes).per_operation == pytest.approx(2 * BAR, rel=0.3)
    assert growth(sizes[: enough - 1]).flat and not growth(sizes[: enough - 1]).judged


GOOD = Order("1.0.2", "", "succeeded", 1)
DONE = Done(GOOD, "succeeded", "1.0.2", 1.5, "")


def report(**findings: int) -> Report:
    made = Report(1)
    made.upgraded(DONE, 50 * MB)
    made.counted({"plain, plain": {"connections": 1, "sent": 3, **findings}}, [])
    return made


def test_report_that_holds() -> None:
    """Nothing missing and every operation as it must be: the table says so."""
    assert report().holds and str(report()).endswith("held")
    assert report().to_json()["holds"] is True


@pytest.mark.parametrize("finding", FORBIDDEN)
def test_report_that_fails(finding: str) -> None:
    """One forbidden finding fails the soak."""
    failed = report(**{finding: 1})
    assert not failed.holds and "FAILED" in str(failed)


def test_report_without_traffic_or_with_a_surprise() -> None:
    """A soak in which nothing was sent proves nothing; an operation that ends otherwise fails it."""
    silent = report()
    silent.counted({}, [])
    assert not silent.holds
    for surprise in (replace(DONE, state="refused"), replace(DONE, runs="1.0.0")):
        surprised = report()
        surprised.upgraded(surprise, 50 * MB)
        assert not surprised.holds and "unexpected" in str(surprised)


def test_orders() -> None:
    """About a third of the operations are into bad releases, every kind of them; those leave the place."""
    orders, place, made = Orders(13, 1), 0, []
    for _ in range(600):
        order = orders.next(place)
        assert (order.place == place) is bool(order.bad)
        place = order.place
        made.append(order)
    bad = [order.bad for order in made if order.bad]
    assert 0.25 < len(bad) / len(made) < 0.4
    assert len(set(bad)) == len(BAD)
