"""The shapes of handlers that are tried, and what each is an example of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["SHAPES", "Kind", "Shape", "of_family"]


class Kind(StrEnum):
    """What a client of the shape does."""

    ANSWERS = "answers"
    """It sends numbered messages and gets each one answered."""
    PUSHES = "pushes"
    """It gets numbered messages without asking."""
    EVENTS = "events"
    """It reads an event stream."""


@dataclass(frozen=True)
class Shape:
    """One way of writing a handler."""

    family: str
    """The module in `cases/`."""
    name: str
    what: str
    """What is special about it, for the table in the documentation."""
    kind: Kind = Kind.ANSWERS
    path: str = ""
    """The path below its family's, when it is not the name."""
    subprotocol: str | None = None
    restarts: bool = True
    """False for what is never ended, because its methods are looked up at each message."""
    ladder: str = "a disconnect"
    """What its old handler leaves by."""

    @property
    def route(self) -> str:
        """The path below its family's."""
        return self.path or self.name


SHAPES = (
    Shape("loops", "tutorial", "`while True: receive_text()` in a `try … except WebSocketDisconnect`"),
    Shape("loops", "iterating", "`async for text in websocket.iter_text()`"),
    Shape("loops", "uncaught", "a loop that catches nothing"),
    Shape("loops", "raw_messages", "`websocket.receive()` and `websocket.send({...})`"),
    Shape(
        "loops",
        "asgi_application",
        "`async def app(scope, receive, send)`, mounted",
        path="asgi_application/",
    ),
    Shape("loops", "giving_up_receives", "`wait_for(receive_text(), 0.002)` again and again"),
    Shape("loops", "json_both_ways", "`iter_json()`, binary answers"),
    Shape("cleanup", "closing_at_the_end", "`finally: await websocket.close()`"),
    Shape("cleanup", "awaiting_in_finally", "takes a lock and awaits in `finally`"),
    Shape("cleanup", "catching_every_exception", "`except Exception` round the receive", ladder="a cancel"),
    Shape("cleanup", "deaf_to_disconnects", "ignores a disconnect", ladder="a cancel"),
    Shape("cleanup", "swallowing_everything", "`except BaseException: pass`", ladder="being fenced off"),
    Shape("tasks", "sender_task", "a queue and a sender in a task group"),
    Shape("tasks", "group_of_tasks", "a reader and a writer in an `asyncio.TaskGroup`"),
    Shape("tasks", "orphan_ticker", "a task that outlives its handler and goes on sending"),
    Shape("tasks", "receiver_task", "receives in a task, and waits for that"),
    Shape("tasks", "first_of_two", "`asyncio.wait` for a message or for news, whichever comes first"),
    Shape("tasks", "reading_ahead", "a reader that fills a queue of its own"),
    Shape("pushing", "push_only", "never receives", Kind.PUSHES, ladder="a cancel"),
    Shape("pushing", "push_and_watch", "pushes in a task, receives to see the end", Kind.PUSHES),
    Shape(
        "web",
        "dependencies",
        "FastAPI: a dependency with `yield`, one that authenticates, a path parameter",
        path="dependencies/red?token=ada",
    ),
    Shape(
        "web",
        "context_variable",
        "a context variable that a middleware sets",
        path="context_variable?token=ada",
    ),
    Shape("web", "room_of_sessions", "joins a room of sessions, and stays while `upgrading`"),
    Shape("web", "subprotocol", "answers a subprotocol", subprotocol="numbers"),
    Shape("others", "live_session", "`LiveSession`", restarts=False),
    Shape("others", "endpoint", "Starlette's `WebSocketEndpoint`", restarts=False),
    Shape("others", "events", "an event stream by `StreamingResponse`", Kind.EVENTS),
)


def of_family(family: str) -> tuple[Shape, ...]:
    """The shapes of one module in `cases/`."""
    return tuple(shape for shape in SHAPES if shape.family == family)
