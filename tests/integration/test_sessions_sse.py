"""Event streams: restarted without a gap when marked, left alone otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

import upward_asgi
from tests.serving import serving
from upward_asgi.middleware import Upward
from upward_asgi.sessions import sse

LABEL = ["old"]
CLOSED: list[str] = []
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Every test begins with the old code."""
    LABEL[:] = ["old"]
    CLOSED.clear()
    yield


@asynccontextmanager
async def client_of(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A real uvicorn on a port of its own; gives a client of it."""
    async with (
        serving(app) as address,
        httpx.AsyncClient(base_url=f"http://{address}", timeout=10) as client,
    ):
        yield client


async def numbers(label: str, first: int) -> AsyncIterator[str]:
    try:
        for number in range(first, 200):
            # In two pieces, so that an upgrade may fall into the middle of an event.
            yield f"id: {number}\nevent: {label}\n"
            await anyio.lowlevel.checkpoint()
            yield f"data: {number}\n\n"
            await anyio.sleep(0.001)  # real time: the stream's own pace
    finally:
        CLOSED.append(label)


async def plain(request: Request) -> Response:
    label = LABEL[0]
    if label == "gone":
        return PlainTextResponse("no more", 404)
    if label == "bad":
        raise ValueError("bad release")
    first = int(request.headers.get("last-event-id", -1)) + 1
    return StreamingResponse(numbers(label, first), media_type="text/event-stream")


marked = upward_asgi.upgradable(plain)


def service_of(endpoint: Any, **options: Any) -> Upward:
    return Upward(Starlette(routes=[Route("/events", endpoint)], **options))


async def passing(request: Request, call_next: Any) -> Response:
    return await call_next(request)


@pytest.mark.parametrize("middleware", [[], [Middleware(BaseHTTPMiddleware, dispatch=passing)]])
async def test_marked_stream_has_no_gap(middleware: list[Middleware]) -> None:
    """Restarted three times, a stream sends every event whole, once and in order, on one response."""
    service = service_of(marked, middleware=middleware)
    async with client_of(service) as client:
        lines: list[str] = []
        async with client.stream("GET", "/events", headers=EVENTS) as response:
            async for line in response.aiter_lines():
                lines.append(line)
                if line in ("data: 10", "data: 50", "data: 90"):
                    (session,) = service.sessions.open()
                    LABEL[0] = f"after {line}"
                    assert await service.sessions.restart([session]) == {session.id: None}
                    assert session.resumed and session.kind == "sse"
        assert [line for line in lines if line.startswith("id")] == [f"id: {n}" for n in range(200)]
        assert [line for line in lines if line.startswith("data")] == [f"data: {n}" for n in range(200)]
        labels = list(dict.fromkeys(line for line in lines if line.startswith("event")))
        assert labels == [
            f"event: {w}" for w in ("old", "after data: 10", "after data: 50", "after data: 90")
        ]
        assert CLOSED[0] == "old" and len(CLOSED) == 4
        while len(service.sessions):
            await anyio.lowlevel.checkpoint()


async def test_unmarked_stream_is_left_alone() -> None:
    """An unmarked stream is a session that cannot be restarted; it stays in its old frame."""
    service = service_of(plain)
    async with client_of(service) as client, client.stream("GET", "/events", headers=EVENTS) as response:
        assert await anext(response.aiter_lines()) == "id: 0"
        (session,) = service.sessions.open()
        assert session.restart is None and session.path == "/events"
        assert await service.sessions.restart([session]) == {}


async def test_other_requests_are_no_sessions() -> None:
    """A response that is no event stream is no session, whatever was asked for."""
    LABEL[0] = "gone"
    service = service_of(plain)
    async with client_of(service) as client:
        assert (await client.get("/events", headers=EVENTS)).text == "no more"
        assert len(service.sessions) == 0


async def test_way_back_for_a_stream() -> None:
    """A new handler that crashes before its response begins can be taken back."""
    service = service_of(marked)
    async with client_of(service) as client, client.stream("GET", "/events", headers=EVENTS) as response:
        lines = response.aiter_lines()
        while await anext(lines) != "data: 5":
            pass
        (session,) = service.sessions.open()
        LABEL[0] = "bad"
        (error,) = (await service.sessions.restart([session])).values()
        assert isinstance(error, ValueError)
        LABEL[0] = "back"
        assert await service.sessions.restart([session]) == {session.id: None}
        rest = [line async for line in lines if line.startswith("data")]
        assert rest == [f"data: {n}" for n in range(6, 200)]


async def test_stream_that_the_new_release_does_not_have() -> None:
    """A new handler that answers something else ends the stream: the client comes again by itself."""
    service = service_of(marked)
    async with client_of(service) as client, client.stream("GET", "/events", headers=EVENTS) as response:
        lines = response.aiter_lines()
        while await anext(lines) != "data: 5":
            pass
        LABEL[0] = "gone"
        await service.sessions.restart(service.sessions.open())
        rest = [line async for line in lines]
        assert "no more" not in "".join(rest)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [(b"text/event-stream", True), (b"text/html, text/event-stream", True), (b"*/*", False)],
)
def test_asking_for_events(accept: bytes, wanted: bool) -> None:
    """A request whose Accept header names event streams may become a session."""
    assert sse.wants_events({"headers": [(b"host", b"x"), (b"accept", accept)]}) is wanted
