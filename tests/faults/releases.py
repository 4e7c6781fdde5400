"""The two releases that the faults are injected between: the second changes one thing of each kind.

What a session answers shows which code it runs: the word of a helper, the text of its own handler, and the
label that only the new state has.
"""

from __future__ import annotations

__all__ = ["NAME", "NEW", "OLD"]

NAME = "faulty"

_WORDS = """
WORD = "old"
KNOWN = {"old": 1}


def greeting():
    return WORD


def farewell():
    return "bye"
"""

_NEW_WORDS = """
from .extra import suffix

WORD = "new"
KNOWN = {"old": 1, "new": 2}


def greeting():
    return WORD + suffix()


def welcome(name="you"):
    return f"welcome {name}"
"""

_APP = """
from dataclasses import dataclass
from enum import Enum

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from upward_asgi import LiveSession, session, upgradable

from . import words
from .words import greeting


class Mood(Enum):
    CALM = 1


@dataclass
class Count:
    n: int = 0


class Base:
    def shout(self):
        return "HEY"


class Counter(LiveSession, Base):
    async def mount(self):
        self.state = Count()

    async def handle_event(self, message):
        self.state.n += 1
        await self.send_text(f"{greeting()} {self.state.n} -")


async def plain(websocket):
    await websocket.accept()
    n = 0
    while True:
        await websocket.receive_text()
        n += 1
        await websocket.send_text(f"{greeting()} {n} -")


@upgradable
async def restarted(websocket):
    count = session(websocket)
    await websocket.accept()
    while True:
        await websocket.receive_text()
        count.state(Count).n += 1
        await websocket.send_text(f"{greeting()} {count.state(Count).n} first")


async def drained(websocket):
    await websocket.accept()
    n = 0
    while True:
        await websocket.receive_text()
        n += 1
        await websocket.send_text(f"{greeting()} {n} first")


async def page(request):
    return PlainTextResponse(greeting())


app = Starlette(
    routes=[
        Route("/", page),
        WebSocketRoute("/live", Counter),
        WebSocketRoute("/plain", plain),
        WebSocketRoute("/restarted", restarted),
        WebSocketRoute("/drained", drained),
    ]
)
"""


def _edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


_NEW_APP = _edited(
    _APP,
    ("    n: int = 0\n\n\nclass Base", '    n: int = 0\n    label: str = "none"\n\n\nclass Base'),
    ("    CALM = 1\n", "    CALM = 1\n    BUSY = 2\n"),
    ('        return "HEY"\n', '        return "HO"\n\n    def whisper(self):\n        return "psst"\n'),
    (
        "    async def handle_event",
        "    def code_change(self, old_vsn, state, extra):\n"
        '        return Count(state.n, getattr(state, "label", "x"))\n\n'
        "    async def upgraded(self, old_vsn):\n"
        "        self.told = str(old_vsn)\n\n"
        "    async def handle_event",
    ),
    ("{self.state.n} -", "{self.state.n} {self.state.label}"),
    (" first", " second"),
    ('        Route("/", page),\n', '        Route("/", page),\n        Route("/more", page),\n'),
)

OLD = {"__init__.py": "", "app.py": _APP, "words.py": _WORDS}
NEW = {
    "__init__.py": "",
    "app.py": _NEW_APP,
    "words.py": _NEW_WORDS,
    "extra.py": 'def suffix():\n    return "er"\n',
}
