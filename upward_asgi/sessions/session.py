"""One open connection with its state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from types import CodeType
from typing import Protocol, runtime_checkable

import anyio
from packaging.version import Version

from .channel import Channel, Message

__all__ = ["UNKNOWN", "Holder", "Restarts", "Session", "Way", "name_of_type"]

UNKNOWN = Version("0")
"""The release of a session in a service that has no store."""


class Way(StrEnum):
    """How a session lives through an upgrade."""

    LIVE = "live"
    """Nothing is ended: its frames are of unchanged functions, or its methods are looked up per message."""
    RESTART = "restart"
    """Its handler changed: the old one is ended by a disconnect that it alone sees; the new one starts."""
    DRAIN = "drain"
    """Its handler changed and may not be restarted: it stays in its old frame until it ends by itself."""


@runtime_checkable
class Holder(Protocol):
    """An object that lives as long as its session and keeps the state: a `LiveSession`, an endpoint."""

    state: object


class Restarts(Protocol):
    """How a handler is ended and started anew on a connection that stays open."""

    async def end(self) -> bool:
        """End the handler; False when it cannot be ended now, and stays."""
        ...

    async def start(self) -> BaseException | None:
        """Start the new handler; returns what it raised before it could take over."""
        ...

    @property
    def failure(self) -> BaseException | None:
        """What the new handler has raised since it was started, also after it seemed to have come up."""
        ...

    @property
    def refused(self) -> bool:
        """True when the new handler has not taken over the client, whose connection ends for that."""
        ...

    async def release(self) -> None:
        """Nobody will take the new handler back: what it sent reaches the client."""
        ...


class Session:
    """One open connection: who it is, where it stands, and its state."""

    __slots__ = (
        "__weakref__",
        "_state",
        "busy",
        "channel",
        "code",
        "gone",
        "handle",
        "holder",
        "id",
        "kind",
        "on_upgraded",
        "path",
        "place",
        "reason",
        "release",
        "restart",
        "resumed",
        "sections",
        "stream",
        "task",
        "upgrading",
        "way",
    )

    def __init__(self, *, id: str, kind: str, path: str, release: Version, channel: Channel) -> None:  # noqa: A002
        self.id = id
        """Unique in this process; useful in logs."""
        self.kind = kind
        """`websocket` or `sse`."""
        self.path = path
        """The path of the request that opened it."""
        self.release = release
        """The release that its state was last written by."""
        self.channel = channel
        self.task: asyncio.Task[object] | None = None
        """The task that its handler runs in."""
        self.holder: Holder | None = None
        """Where the state is kept, when an object of the application keeps it."""
        self.handle: object | None = None
        """What `upward_asgi.session()` returned for it: one object for its whole life."""
        self.stream: Restarts | None = None
        """The response of an event stream."""
        self.code: CodeType | None = None
        """The code of the function that made the stream; it has returned long ago, so it is on no stack."""
        self.restart: Restarts | None = None
        """How its handler is started anew; None when the handler is not marked `@upgradable`."""
        self.way = Way.LIVE
        self.reason = ""
        """Why the session goes this way."""
        self.place: str | None = None
        """`file:line` of the old frame that a draining session stands in."""
        self.busy = 0
        """How many `busy()` sections, or messages of a `LiveSession`, are under way."""
        self.sections = 0
        """How many `busy()` sections alone."""
        self.resumed = False
        """True in a handler that was started anew by an upgrade, on a connection that was open before."""
        self.gone = False
        """True when its connection is over and the registry has forgotten it."""
        self.upgrading = False
        """True while the old handler is being ended for an upgrade: the client is not leaving."""
        self.on_upgraded: Callable[[Version], object] | None = None
        """What its handler wants called after an upgrade; gone with the handler."""
        self._state: object = None

    @property
    def state(self) -> object:
        """The session's state; None when it has none."""
        return self._state if self.holder is None else self.holder.state

    @state.setter
    def state(self, state: object) -> None:
        if self.holder is None:
            self._state = state
        else:
            self.holder.state = state

    @property
    def state_type(self) -> str | None:
        """`module.qualified.name` of the state's type; None when there is no state."""
        return None if self.state is None else name_of_type(type(self.state))

    def judge(self, way: Way, reason: str = "", place: str | None = None) -> None:
        """Say how this session lives through the upgrade, why, and where its old frame stands."""
        self.way, self.reason, self.place = way, reason, place

    def begin_again(self) -> None:
        """Another handler takes over the connection: what the one before it wanted is gone with it."""
        self.resumed, self.upgrading, self.on_upgraded = True, False, None

    async def send(self, message: Message) -> None:
        """Send what belongs to the session rather than to one run of its handler."""
        send = getattr(self.restart, "send_for_session", self.channel.send)
        await send(message)

    @property
    def between_messages(self) -> bool:
        """True for a session whose methods are looked up per message: it is idle between two of them."""
        return self.holder is not None

    @property
    def idle(self) -> bool:
        """True when a handler is in the middle of nothing: it waits for a message, and sends none."""
        if self.busy or self.channel.sending:
            return False
        return self.between_messages or self.stream is not None or self.channel.parked > 0

    @property
    def resting(self) -> bool:
        """True when it is between two messages, and stays there for as long as it is held."""
        if self.busy:
            return False
        if getattr(self.holder, "rests_between_messages", False):
            return True  # its run loop takes nothing while it is held, whoever sends meanwhile
        return self.channel.parked > 0 and not self.channel.sending

    async def wait_idle(self) -> None:
        """Return when the session is idle, or its handler has ended; hold it first, so that it stays so."""
        await self.wait_until(lambda: self.idle)

    async def wait_until(self, there: Callable[[], bool]) -> None:
        """Return when `there()` holds, which is looked at whenever it may have fallen idle, or it is over."""
        while not (there() or self.ended):
            moved = anyio.Event()
            self.channel.watch(moved.set)
            try:
                await moved.wait()
            finally:
                self.channel.unwatch(moved.set)

    @property
    def ended(self) -> bool:
        """True when its connection is over."""
        return self.task is None or self.task.done()

    def __repr__(self) -> str:
        return f"<Session {self.id} {self.path} {self.way} {self.release}>"

    def to_json(self) -> dict[str, object]:
        """The session as plain JSON values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "path": self.path,
            "release": str(self.release),
            "way": str(self.way),
            "reason": self.reason,
            "place": self.place,
            "state_type": self.state_type,
            "idle": self.idle,
        }


def name_of_type(kind: type) -> str:
    """`module.qualified.name`, the name under which a state type is known across releases."""
    return f"{kind.__module__}.{kind.__qualname__}"
