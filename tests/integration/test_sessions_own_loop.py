"""An endpoint with a loop of its own: its methods are new at the next message, its loop is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import websockets

from tests.imports import imports_restored
from tests.integration.test_upgrade_service import ask
from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi.middleware import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import OperationState

NAME = "ownloop"
APP = """
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Own(WebSocketEndpoint):
    state = 0

    async def dispatch(self):
        websocket = WebSocket(self.scope, receive=self.receive, send=self.send)
        await self.serve(websocket)

    async def serve(self, websocket):
        await websocket.accept()
        async for text in websocket.iter_text():
            self.state += 1
            await websocket.send_text(f"old {self.answer(text)} {self.state}")

    def answer(self, text):
        return text


app = Starlette(routes=[WebSocketRoute("/ws", Own)])
"""
ANSWER = APP.replace("return text", "return text.upper()")
LOOP = ANSWER.replace('f"old', 'f"new')
ROUND = """
class Round:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        scope["round"] = "old"
        await self.app(scope, receive, send)


app = Round(app)
"""
CALLED_BY = {
    "dispatch": "",
    "on_connect": """
    async def on_connect(self, websocket):
        await self.serve(websocket)

    async def dispatch(self):
        await super().dispatch()
""",
}


def store_of(tmp_path: Path, *texts: str) -> Store:
    """A store with a release for each text of the application."""
    store = Store.create(tmp_path / "releases")
    for patch, text in enumerate(texts):
        store.unpack(write_wheel(tmp_path, NAME, f"1.0.{patch}", {"__init__.py": "", "app.py": text}))
    return store


@pytest.mark.parametrize("caller", CALLED_BY)
async def test_its_loop_drains(tmp_path: Path, caller: str) -> None:
    """Live while its loop does not change; draining, with its place, when it does; live on the way down."""
    serve = "\n    async def serve"
    texts = (text.replace(serve, f"{CALLED_BY[caller]}{serve}") for text in (APP, ANSWER, LOOP))
    store = store_of(tmp_path, *texts)
    with imports_restored(NAME):
        upward = Upward(f"{NAME}.app:app", store=store.root)
        assert upward.engine is not None
        async with (
            serving(upward, lifespan="on") as at,
            websockets.connect(f"ws://{at}/ws", open_timeout=20) as client,
        ):
            assert await ask(client) == "old x 1"
            (session,) = upward.sessions.open()
            steps = (
                (upward.engine.upgrade, "live", "1.0.1", "old X 2"),
                (upward.engine.upgrade, "drain", "1.0.1", "old X 3"),
                (upward.engine.downgrade, "live", "1.0.1", "old X 4"),
            )
            for step, way, release, answer in steps:
                operation = await upward.engine.finished(step().id, 50)
                assert operation.state is OperationState.SUCCEEDED, operation.report
                assert operation.report["sessions"]["by_way"] == {way: 1}
                assert (session.way, str(session.release)) == (way, release)
                assert (session.place or "").startswith(f"{NAME}/app.py:" if way == "drain" else "")
                assert await ask(client) == answer
            async with websockets.connect(f"ws://{at}/ws", open_timeout=20) as another:
                assert await ask(another) == "old X 1"


async def test_what_calls_it_is_in_nobodys_way(tmp_path: Path) -> None:
    """Where only a middleware round the endpoint changes, its sessions are live."""
    store = store_of(tmp_path, APP + ROUND, APP + ROUND.replace('"old"', '"new"'))
    with imports_restored(NAME):
        upward = Upward(f"{NAME}.app:app", store=store.root)
        assert upward.engine is not None
        async with (
            serving(upward, lifespan="on") as at,
            websockets.connect(f"ws://{at}/ws", open_timeout=20) as client,
        ):
            assert await ask(client) == "old x 1"
            operation = await upward.engine.finished(upward.engine.upgrade().id, 50)
            assert operation.state is OperationState.SUCCEEDED, operation.report
            assert operation.report["sessions"]["by_way"] == {"live": 1}
            assert await ask(client) == "old x 2"
