"""The good releases round a bad one, and how a bad one differs from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.wheels import write_wheel

__all__ = ["BASE", "CHANGE", "GOOD", "NAME", "STARLETTE", "Bad", "Files", "Make", "edited", "released"]

NAME = "svc"

Files = Mapping[str, str | bytes]
Make = Callable[[Path], Path]


@dataclass(frozen=True)
class Bad:
    """One kind of bad release: 1.0.1, between the base 1.0.0 and the good 1.0.2."""

    group: str
    name: str
    make: Make
    """Writes the wheel into a folder."""
    ends: str
    """`not unpacked`, or the state of the operation: refused, rolled_back, succeeded."""
    words: str
    """In the reason that is named; or, of a success, in its warnings."""
    web: bool = False
    """True when the base has routes and a lifespan."""
    down: bool = False
    """True when it is the way back down that is bad."""
    limits: Mapping[str, float] = field(default_factory=dict)
    """Of `Timeouts`."""


_APP = """
import os
from dataclasses import dataclass

from upward_asgi import LiveSession

from .words import greeting

HERE = os.getpid()
ROOM = []


@dataclass
class Count:
    n: int = 0


class Counter(LiveSession):
    async def mount(self):
        self.state = Count()
        ROOM.append("guest")

    async def handle_event(self, message):
        self.state.n += 1
        await self.send_text(f"{greeting()} {self.state.n} -")


async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await Counter(scope, receive, send)
"""

_WEB = """
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from upward_asgi import LiveSession

from .words import greeting


@dataclass
class Count:
    n: int = 0


class Counter(LiveSession):
    async def mount(self):
        self.state = Count()

    async def handle_event(self, message):
        self.state.n += 1
        await self.send_text(f"{greeting()} {self.state.n} -")


async def page(request):
    return PlainTextResponse(greeting())


@asynccontextmanager
async def lifespan(app):
    app.state.pool = "pool"
    yield


app = Starlette(lifespan=lifespan, routes=[Route("/", page), WebSocketRoute("/ws", Counter)])
"""

_WORDS = """
def greeting():
    return "hello"
"""

BASE: Files = {"__init__.py": "", "app.py": _APP, "words.py": _WORDS}
STARLETTE: Files = {"__init__.py": "", "app.py": _WEB, "words.py": _WORDS}


def edited(files: Files, file: str, *edits: tuple[str, str]) -> Files:
    """The release with texts replaced in one of its modules."""
    text = files[file]
    assert isinstance(text, str)
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return {**files, file: text}


_METHOD = "    async def handle_event"


def CHANGE(body: str, before: str = "", files: Files = BASE) -> Files:
    """The base whose states get a field, and a `code_change` with this body."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    return edited(
        files,
        "app.py",
        ("    n: int = 0\n", '    n: int = 0\n    label: str = "none"\n'),
        (_METHOD, f"{before}    def code_change(self, old_vsn, state, extra):\n{lines}\n{_METHOD}"),
        ("{self.state.n} -", "{self.state.n} {self.state.label}"),
    )


def GOOD(files: Files) -> Files:
    """The release that mends it all."""
    mended = CHANGE('return Count(state.n, label=f"from-{old_vsn}")', files=files)
    return edited(mended, "words.py", ("hello", "good-day"))


def released(files: Files, version: str = "1.0.1") -> Make:
    """A right wheel of these modules."""
    return lambda folder: write_wheel(folder, NAME, version, files)
