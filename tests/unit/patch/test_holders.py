"""Holders that references cannot simply be exchanged in: slots, plain objects, partials."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pytest

from upward_asgi.patch import heap, holders
from upward_asgi.patch.journal import Journal


class Endpoint:
    """What routes hold."""


@dataclass(frozen=True, slots=True)
class Route:
    endpoint: object


def test_slots_and_partials_hold_the_living_object() -> None:
    """A frozen dataclass with slots, and what a partial calls and is called with; the undo takes it back."""
    made, living = Endpoint(), Endpoint()
    route, partial = Route(made), functools.partial(print, made, 1)
    journal = Journal()
    holders.show_holders(journal, [(made, living)])
    assert (route.endpoint, partial.args) == (living, (living, 1))
    journal.undo()
    assert (route.endpoint, partial.args) == (made, (made, 1))


@pytest.mark.parametrize("count", [1, 40])
def test_the_heap_is_looked_through_as_often_for_many_partials_as_for_one(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An application with hundreds of routes pauses no longer for it than one with a few."""
    looks: list[int] = []

    def counted(targets: tuple[object, ...]) -> list[Any]:
        looks.append(len(targets))
        return heap.holders(targets)

    monkeypatch.setattr(holders, "holders", counted)
    made = [Endpoint() for _ in range(count)]
    routes = [functools.partial(print, one) for one in made]
    journal = Journal()
    holders.show_holders(journal, [(one, Endpoint()) for one in made])
    assert all(route.args[0] is not one for route, one in zip(routes, made, strict=True))
    assert len(looks) == 2
    journal.undo()
