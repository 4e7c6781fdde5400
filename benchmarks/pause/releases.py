"""The service that is upgraded: two releases, of which the second adds a field to every session's state."""

from __future__ import annotations

from pathlib import Path

from tests.wheels import write_wheel

__all__ = ["PACKAGE", "SHAPES", "write_wheels"]

PACKAGE = "pause_service"

_APP = """
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from upward_asgi import Down, LiveSession

{state}


class Counter(LiveSession):
    async def mount(self):
        self.state = {made}

    async def handle_event(self, message):
        {count} += 1
        await self.send_text({answer})
{code_change}

app = Starlette(routes=[WebSocketRoute("/ws", Counter)])
"""

_DATACLASS = """
@dataclass
class Count:
    n: int = 0
    name: str = "Ada"
    seen: int = 0
"""

SHAPES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "dict": (
        {
            "state": "",
            "made": '{"n": 0, "name": "Ada", "seen": 0}',
            "count": 'self.state["n"]',
            "answer": "str(self.state['n'])",
            "code_change": "",
        },
        {
            "answer": "f\"{self.state['n']} {self.state['colour']}\"",
            "code_change": """
    def code_change(self, old_vsn, state, extra):
        if isinstance(old_vsn, Down):
            return {key: value for key, value in state.items() if key != "colour"}
        return {**state, "colour": "rose"}
""",
        },
    ),
    "dataclass": (
        {
            "state": _DATACLASS,
            "made": "Count()",
            "count": "self.state.n",
            "answer": "str(self.state.n)",
            "code_change": "",
        },
        {
            "state": _DATACLASS + '    colour: str = "sky"\n',
            "answer": 'f"{self.state.n} {self.state.colour}"',
            "code_change": """
    def code_change(self, old_vsn, state, extra):
        if isinstance(old_vsn, Down):
            del state.colour
            return state
        return Count(state.n, state.name, state.seen, "rose")
""",
        },
    ),
}
"""By the kind of the state: the parts of the first release, and those that the second replaces."""


def write_wheels(folder: Path, shape: str) -> tuple[Path, Path]:
    """The wheels of both releases, 1.0.0 and 1.0.1."""
    first, changed = SHAPES[shape]
    sources = {"1.0.0": first, "1.0.1": {**first, **changed}}
    one, other = (
        write_wheel(folder, PACKAGE, version, {"__init__.py": "", "app.py": _APP.format(**parts)})
        for version, parts in sources.items()
    )
    return one, other
