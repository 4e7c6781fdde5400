"""`background`: goes on with new code at its next safe point."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import anyio
import pytest

import upward_asgi
from upward_asgi.errors import ConfigurationError
from upward_asgi.sessions import background as background_of_room


@pytest.fixture
def module() -> Any:
    """A module of a release, whose functions a patch may change."""
    made = ModuleType("a_release")
    sys.modules["a_release"] = made
    yield made
    del sys.modules["a_release"]


class Heard:
    """What a task said, to be waited for."""

    def __init__(self) -> None:
        self._send, self._receive = anyio.create_memory_object_stream[str](1000)

    def __call__(self, word: str) -> None:
        self._send.send_nowait(word)

    async def next(self) -> str:
        return await self._receive.receive()

    async def until(self, word: str) -> None:
        while await self.next() != word:
            pass

    def close(self) -> None:
        self._send.close()
        self._receive.close()


@pytest.fixture
def heard() -> Any:
    made = Heard()
    yield made
    made.close()


async def test_calls_again_and_again_with_new_code(module: Any, heard: Heard) -> None:
    """A function is called anew each time: its patched body, or what stands under its name, acts."""
    exec("async def tick(heard): heard('old')", vars(module))
    async with upward_asgi.background(module.tick, heard, every=0.001):
        assert [await heard.next(), await heard.next()] == ["old", "old"]
        exec("async def tick(heard): heard('new')", vars(module))
        await heard.until("new")
        assert await heard.next() == "new"


async def test_generator_goes_over_at_a_yield(module: Any, heard: Heard) -> None:
    """An async generator is closed at the yield after its function's code changed, and made anew."""
    source = """
async def ticker(heard):
    try:
        while True:
            heard('{0}')
            yield
    finally:
        heard('{0} closed')
"""
    exec(source.format("old"), vars(module))
    async with upward_asgi.background(module.ticker, heard, every=0.001):
        assert [await heard.next(), await heard.next()] == ["old", "old"]
        new: dict[str, Any] = {}
        exec(source.format("new"), new)
        module.ticker.__code__ = new["ticker"].__code__
        await heard.until("old closed")
        assert await heard.next() == "new"
    await heard.until("new closed")


async def test_failures_are_logged_and_tried_again(
    heard: Heard, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it raises is logged, and does not end it."""
    monkeypatch.setattr(sys.modules[background_of_room.__module__], "_FIRST_PAUSE", 0.0)
    results = iter([ValueError("first"), None])

    async def tick() -> None:
        result = next(results, None)
        if result is not None:
            raise result
        heard("well")

    async with upward_asgi.background(tick, every=0.001, name="the ticker") as task:
        assert await heard.next() == "well"
        assert await heard.next() == "well"
        assert task.failures == 0
    assert "background task the ticker failed (1 in a row)" in caplog.text and "ValueError" in caplog.text


async def test_ends_with_its_context(heard: Heard) -> None:
    """Leaving the context ends the task; an error of the body comes through as it is."""

    async def tick() -> None:
        heard("tick")

    with pytest.raises(KeyError, match="body"):
        async with upward_asgi.background(tick):
            await heard.next()
            raise KeyError("body")


async def test_generator_that_ends_is_made_anew(heard: Heard) -> None:
    """A generator that comes to its end begins again."""

    async def ticker() -> AsyncIterator[None]:
        heard("begin")
        yield
        heard("end")

    async with upward_asgi.background(ticker):
        assert [await heard.next() for _ in range(4)] == ["begin", "end", "begin", "end"]


def test_plain_function_is_refused() -> None:
    """Only async functions can run beside the sessions."""
    with pytest.raises(ConfigurationError, match="async def"):
        upward_asgi.background(print)  # type: ignore[arg-type]


async def test_a_method_of_an_object(module: Any, heard: Heard) -> None:
    """A bound method stays bound to its object, and is looked up on it each time."""
    exec("class Ticker:\n    async def tick(self, heard):\n        heard(f'old {self.name}')\n", vars(module))
    ticker = module.Ticker()
    ticker.name = "one"
    async with upward_asgi.background(ticker.tick, heard, every=0.001):
        assert await heard.next() == "old one"
        exec("async def tick(self, heard):\n    heard(f'new {self.name}')\n", vars(module))
        module.Ticker.tick = module.tick
        await heard.until("new one")
