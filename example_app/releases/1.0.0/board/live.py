"""The session behind an open page: events come in, fragments go out."""

from __future__ import annotations

import json

from packaging.version import Version
from upward_asgi import LiveSession

from . import __version__
from .pages import fragment, stylesheet
from .visitor import Visitor
from .wall import wall

__all__ = ["BoardSession"]

LONGEST_NOTE = 280
LONGEST_NAME = 24


class BoardSession(LiveSession):
    """One visitor. The browser sends `{"event": …, "n": …}`; every event is answered with `ack: n`."""

    state: Visitor

    async def mount(self) -> None:
        """Someone came: give them a name and show them the wall."""
        self.state = Visitor(name=wall.new_name())
        wall.visitors.add(self)
        await self.push("release", "you", "clock", "claps", "notes", "people")
        wall.tell("people")

    async def handle_event(self, message: str | bytes) -> None:
        """The browser reports a click or a form."""
        event = parse(message)
        text = str(event.get("text", "")).strip()
        if event.get("event") == "clap":
            self.state.claps += 1
            wall.claps += 1
        elif event.get("event") == "pin" and text:
            wall.pin(self.state.name, text[:LONGEST_NOTE])
            wall.tell("notes")
            wall.tell("people")
        elif event.get("event") == "rename" and text:
            self.state.name = text[:LONGEST_NAME]
        await self.push("you", ack=event.get("n"))

    async def handle_info(self, message: str) -> None:
        """The server has news: the clock ticked, or a fragment changed for everybody."""
        if message != "tick":
            await self.push(message)
            return
        self.state.ticks += 1
        await self.push("clock", "claps")

    async def upgraded(self, old_vsn: Version) -> None:
        """Another release runs now: show what it shows. The page itself stays."""
        await self.push("release", "you", "clock", "claps", "notes", "people", stylesheet=stylesheet())

    async def terminate(self, reason: object) -> None:
        """The tab was closed."""
        wall.visitors.discard(self)
        wall.tell("people")

    async def push(self, *names: str, **values: object) -> None:
        """Send fragments by element id, and what else the client should know."""
        html = {name: fragment(name, visitor=self.state) for name in names}
        await self.send_json({"release": __version__, "visitor": vars(self.state), "html": html, **values})


def parse(message: str | bytes) -> dict[str, object]:
    """What the browser said; nothing at all when it is not an event."""
    try:
        event = json.loads(message)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
