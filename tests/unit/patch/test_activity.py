"""Which suspended frames stand in a function that a patch changes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from upward_asgi.patch.activity import code_of_task, code_of_threads, standing, threads_standing
from upward_asgi.patch.changed import ChangedCode, FunctionPlace


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()


async def _through(gate: asyncio.Event) -> None:
    await _wait(gate)


async def _generate(gate: asyncio.Event) -> AsyncIterator[int]:
    yield 1
    await _wait(gate)


async def _consume(gate: asyncio.Event) -> None:
    async for _ in _generate(gate):
        pass


class _Awaitable:
    def __init__(self, gate: asyncio.Event) -> None:
        self.gate = gate

    def __await__(self) -> Any:
        return _wait(self.gate).__await__()


async def _by_await(gate: asyncio.Event) -> None:
    await _Awaitable(gate)


@contextlib.asynccontextmanager
async def _context(gate: asyncio.Event) -> AsyncIterator[None]:
    await _wait(gate)
    yield


async def _entering(gate: asyncio.Event) -> None:
    async with _context(gate):
        pass


def _changed(*functions: Any) -> ChangedCode:
    places = {}
    for function in functions:
        code = getattr(function, "__wrapped__", function).__code__
        at = (code.co_qualname, code.co_firstlineno)
        places[at] = ((code, FunctionPlace("mod", code.co_qualname, "mod.py", code.co_firstlineno)),)
    return ChangedCode(places)


@pytest.mark.parametrize(
    "function", [_wait, _through, _consume, _by_await, _entering], ids=lambda f: f.__name__
)
async def test_a_task_is_followed_through_what_it_awaits(function: Any) -> None:
    """Coroutines, async generators, `__await__` and async contexts lead to the innermost frame."""
    gate = asyncio.Event()
    task = asyncio.create_task(function(gate))
    await asyncio.sleep(0)
    codes = list(code_of_task(task))
    assert codes[0] is function.__code__
    assert _wait.__code__ in codes
    gate.set()
    await task


async def test_the_innermost_changed_function_is_named() -> None:
    """Of several changed functions the one that is suspended deepest counts."""
    gate = asyncio.Event()
    task = asyncio.create_task(_through(gate))
    await asyncio.sleep(0)
    place = standing(task, _changed(_through, _wait))
    assert place is not None
    assert place.qualname == "_wait"
    assert str(place) == f"mod:_wait (mod.py:{_wait.__code__.co_firstlineno})"
    outer = standing(task, _changed(_through))
    assert outer is not None
    assert outer.qualname == "_through"
    gate.set()
    await task


async def test_a_task_in_unchanged_functions_stands_nowhere() -> None:
    """A frame of a function that does not change is not old code."""
    gate = asyncio.Event()
    task = asyncio.create_task(_wait(gate))
    await asyncio.sleep(0)
    assert standing(task, _changed(_through, _generate)) is None
    gate.set()
    await task
    assert standing(task, _changed(_wait)) is None


def test_other_threads_are_seen_and_this_one_is_not() -> None:
    """A worker that runs a changed function is found by its thread; the thread that asks is not."""
    ready, gate = threading.Event(), threading.Event()

    def work() -> None:
        ready.set()
        gate.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(10)
    try:
        changed = _changed(work, test_other_threads_are_seen_and_this_one_is_not)
        found = threads_standing(changed)
        assert list(found) == [thread.ident]
        assert found[thread.ident or 0].qualname.endswith("work")
        assert threading.get_ident() not in {ident for ident, _ in code_of_threads()}
    finally:
        gate.set()
        thread.join()
