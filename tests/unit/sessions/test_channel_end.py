"""A connection that an upgrade ends: its handler gets nothing but a disconnect from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from upward_asgi import Upward
from upward_asgi.sessions import LiveSession, Session, Sessions
from upward_asgi.sessions.channel import Channel

GONE = {"type": "websocket.disconnect", "code": 1012, "reason": "sorry"}


class Server:
    """The server's side of one connection."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))

    def channel(self) -> Channel:
        return Channel(self.inbox.get, self.send)


async def test_a_message_that_was_held_is_not_handled() -> None:
    """It came while the session was held; once the session has ended nobody is to get it."""
    server = Server()
    channel = server.channel()
    receiving = asyncio.ensure_future(channel.receive())
    await anyio.wait_all_tasks_blocked()
    channel.hold()
    server.inbox.put_nowait({"type": "websocket.receive", "text": "late"})
    await anyio.wait_all_tasks_blocked()
    channel.end(1012, "sorry")
    channel.let_go()
    assert await receiving == GONE
    assert await channel.receive() == GONE


async def test_a_message_that_comes_after_is_not_handled() -> None:
    """Whoever waits for a message when the session ends gets the disconnect in its place."""
    server = Server()
    channel = server.channel()
    receiving = asyncio.ensure_future(channel.receive())
    await anyio.wait_all_tasks_blocked()
    channel.end(1012, "sorry")
    server.inbox.put_nowait({"type": "websocket.receive", "text": "late"})
    assert await receiving == GONE


async def test_the_client_is_told() -> None:
    """The handler can send nothing any more; the client gets the code and the reason."""
    server = Server()
    channel = server.channel()
    channel.end(1012, "sorry")
    with pytest.raises(OSError, match="could not follow"):
        await channel.send({"type": "websocket.send", "text": "hello"})
    await channel.close()
    assert server.sent == [{"type": "websocket.close", "code": 1012, "reason": "sorry"}]


async def test_what_was_posted_is_not_handled() -> None:
    """A LiveSession ends without handling what waits in its mailbox, and is told why."""
    handled: list[object] = []

    class Posted(LiveSession):
        async def handle_info(self, message: object) -> None:
            handled.append(message)

        async def terminate(self, reason: Any) -> None:
            handled.append(reason.code)

    server, upward = Server(), Upward(Posted)  # type: ignore[arg-type]
    sessions = upward.sessions
    server.inbox.put_nowait({"type": "websocket.connect"})
    scope = {"type": "websocket", "path": "/"}
    task = asyncio.ensure_future(upward(scope, server.inbox.get, server.send))
    await anyio.wait_all_tasks_blocked()
    session = only(sessions)
    sessions.hold()
    session.holder.post("late")  # type: ignore[union-attr]
    await anyio.wait_all_tasks_blocked()
    session.channel.end(1012, "sorry")
    sessions.let_go()
    await task
    assert handled == [1012]
    assert len(sessions) == 0
    assert server.sent[-1] == {"type": "websocket.close", "code": 1012, "reason": "sorry"}


def only(sessions: Sessions) -> Session:
    (session,) = sessions.open()
    return session


@pytest.mark.parametrize("hold", [lambda s, c: s.hold(), lambda s, c: c.hold()])
async def test_one_gate_for_all_and_one_for_each(hold: Callable[[Sessions, Channel], None]) -> None:
    """A session is held by the gate that all share as by its own; what came meanwhile comes in order."""
    sessions, server = Sessions(), Server()
    channel = server.channel()
    sessions.begin("websocket", "/", channel)
    hold(sessions, channel)
    got: list[str] = []

    async def handler() -> None:
        while len(got) < 3:
            got.append((await channel.receive())["text"])

    handling = asyncio.ensure_future(handler())
    for text in "abc":
        server.inbox.put_nowait({"type": "websocket.receive", "text": text})
    await anyio.wait_all_tasks_blocked()
    assert got == [] and channel.held
    sessions.let_go()
    channel.let_go()
    await handling
    assert got == ["a", "b", "c"] and not channel.held
