"""What a release does not have any more must not be in use: whoever lives counts, the log does not."""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from upward_asgi.patch.in_use import Gone, require_not_in_use
from upward_asgi.patch.journal import Journal
from upward_asgi.patch.refusal import CannotFollow


class Thing:
    """Something that goes, or that holds something."""


@contextmanager
def module_with(**names: object) -> Iterator[types.ModuleType]:
    """An imported module with these names."""
    made = types.ModuleType("app_of_this_test")
    vars(made).update(names)
    names.clear()  # nobody but the module holds them
    sys.modules[made.__name__] = made
    try:
        yield made
    finally:
        del sys.modules[made.__name__]


def ask(journal: Journal, gone: object) -> None:
    require_not_in_use(journal, [Gone("thing", "the thing", gone, "keep it")])


def in_attribute(thing: object) -> object:
    holder = Thing()
    holder.thing = thing  # type: ignore[attr-defined]
    return holder


def in_closure(thing: object) -> object:
    return lambda: thing


def in_generator(thing: object) -> object:
    def waiting() -> Iterator[object]:
        held = thing
        yield
        yield held

    made = waiting()
    next(made)
    return made


HOLDERS: list[Callable[[object], object]] = [
    in_attribute,
    in_closure,
    in_generator,
    lambda thing: [thing],
    lambda thing: {"of": (thing,)},
    lambda thing: type("Holder", (), {"thing": thing}),
]


@pytest.mark.parametrize("hold", HOLDERS)
def test_what_a_module_reaches_is_in_use(hold: Callable[[object], object]) -> None:
    """However it is held; the refusal names the module and the name that lead there."""
    thing = Thing()
    with (
        module_with(table={"one": hold(thing)}),
        pytest.raises(CannotFollow, match=r"in use: held by .*table"),
    ):
        ask(Journal(), thing)


@pytest.mark.parametrize("hold", HOLDERS)
def test_what_only_the_undo_log_has_is_not(hold: Callable[[object], object]) -> None:
    """A table that the patch filled anew: what it had before is remembered, and nobody else has it."""
    journal, thing = Journal(), Thing()
    with module_with(table={"one": hold(thing)}, names=[hold(thing)]) as live:
        journal.contents(live.table)
        live.table.clear()
        journal.set_item(vars(live), "names", [])
        ask(journal, thing)


def test_what_the_undo_log_has_and_a_running_frame_too_is_in_use() -> None:
    """Whoever took it from the table before goes on with it, though no object that can be found holds it."""
    journal, thing = Journal(), Thing()
    with module_with(table={"one": in_attribute(thing)}) as live:
        taken = live.table["one"]
        journal.contents(live.table)
        live.table.clear()
        with pytest.raises(CannotFollow, match="in use"):
            ask(journal, thing)
        del taken
        ask(journal, thing)


def test_garbage_is_not_in_use() -> None:
    """Objects that only hold each other, whether they were collected already or not."""
    thing = Thing()
    one: Any = in_attribute(thing)
    one.itself = {"one": one}
    gc.disable()
    try:
        del one
        ask(Journal(), thing)
    finally:
        gc.enable()
