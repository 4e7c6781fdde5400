"""A restart on a machine that stands still for a while: every time limit is over at once when it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from tests.serving import serving
from upward_asgi import upgradable
from upward_asgi.middleware import Upward
from upward_asgi.sessions.exchange import Exchange
from upward_asgi.testing.client import Client

from .restarting import LABEL, loop, service_of, upgrade


@pytest.mark.parametrize("turns", range(12))
async def test_a_session_outlives_the_limit_of_its_handlers_end(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether that comes before or after the handler was told to end: a handler serves the session."""
    jumping = []

    def wake(self: Exchange) -> None:
        """The handler is to end; so many turns of the loop later, ten minutes pass."""
        real_wake(self)
        if not jumping:
            jumping.append(asyncio.ensure_future(_after(turns, lambda: _let_pass(600.0, monkeypatch))))

    real_wake = Exchange.wake
    monkeypatch.setattr(Exchange, "wake", wake)
    service, client = service_of(loop), Client("/ws")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.connect, service)
        await client.accepted()
        assert await client.say("a") == "old a 1"
        await upgrade(service)
        assert (await client.say("b")).endswith(" b 2")
        await upgrade(service)
        assert await client.say("c") == "new c 3"
        tasks.cancel_scope.cancel()
    await jumping[0]


async def test_a_stream_outlives_the_limit_of_its_handlers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that was told in time to end, and then is late, is followed by the next one all the same."""

    async def events(label: str) -> AsyncIterator[str]:
        try:
            while True:
                yield f"event: {label}\ndata: 1\n\n"
                await anyio.sleep(0.001)  # real time: the stream's own pace
        finally:
            if label == "old":
                with anyio.CancelScope(shield=True):
                    _let_pass(600.0, monkeypatch)
                    await _turns(20)

    @upgradable
    async def endpoint(request: Request) -> StreamingResponse:
        return StreamingResponse(events(LABEL[0]), media_type="text/event-stream")

    service = Upward(Starlette(routes=[Route("/events", endpoint)]))
    headers = {"Accept": "text/event-stream"}
    async with (
        serving(service) as address,
        httpx.AsyncClient(timeout=None) as client,  # ten minutes pass
        client.stream("GET", f"http://{address}/events", headers=headers) as response,
    ):
        lines = response.aiter_lines()
        assert await anext(lines) == "event: old"
        assert list((await upgrade(service)).values()) == [None]
        async for line in lines:
            if line == "event: new":
                break
        else:
            pytest.fail("the stream was closed")


async def _after(turns: int, then: Callable[[], None]) -> None:
    await _turns(turns)
    then()


async def _turns(many: int) -> None:
    for _ in range(many):
        await asyncio.sleep(0)


def _let_pass(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between this turn of the event loop and the next; a loop that is blocked that long sees the same."""
    running = asyncio.get_running_loop()
    real = running.time
    monkeypatch.setattr(running, "time", lambda: real() + seconds)
