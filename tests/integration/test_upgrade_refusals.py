"""A new handler that does not take its client as it is: what clients see then, and what the report says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import websockets

from tests.imports import imports_restored
from tests.integration.test_upgrade_service import ask
from tests.serving import serving
from tests.wheels import write_wheel
from upward_asgi.middleware import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import Operation, OperationState

NAME = "refusing"
APP = """
import upward_asgi
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute


@upward_asgi.upgradable
async def talk(websocket):
    user = websocket.query_params["user"]
    await websocket.accept(subprotocol="talk.v1")
    async for text in websocket.iter_text():
        await websocket.send_text(f"old {user} {text}")


async def other(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"other {text}")


app = Starlette(routes=[WebSocketRoute("/talk", talk), WebSocketRoute("/other", other)])
"""
NEW = APP.replace('f"old', 'f"new')
ANOTHER_SUBPROTOCOL = NEW.replace('"talk.v1"', '"talk.v2"')
NO_SUBPROTOCOL = NEW.replace('subprotocol="talk.v1"', "")
ACCEPT = '    await websocket.accept(subprotocol="talk.v1")\n'
CLOSES = NEW.replace(
    ACCEPT,
    f"""    if user == "mallory":
        await websocket.close(4403)
        return
{ACCEPT}""",
)
RAISES = NEW.replace(
    ACCEPT,
    f"""    if user == "mallory":
        raise PermissionError(user)
{ACCEPT}""",
)

Serve = Callable[[str, str], AbstractAsyncContextManager[tuple[Upward, str]]]


@pytest.fixture(params=["websockets-sansio", "wsproto"])
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def serve(tmp_path: Path) -> Any:
    """Serves the first release, with the given one after it in the store."""

    @asynccontextmanager
    async def serve(second: str, ws: str) -> AsyncIterator[tuple[Upward, str]]:
        store = Store.create(tmp_path / "releases")
        for patch, text in enumerate((APP, second)):
            store.unpack(write_wheel(tmp_path, NAME, f"1.0.{patch}", {"__init__.py": "", "app.py": text}))
        upward = Upward(f"{NAME}.app:app", store=store.root)
        async with serving(upward, ws=ws, lifespan="on") as at:
            yield upward, f"ws://{at}"

    with imports_restored(NAME):
        yield serve


def talk(address: str, user: str) -> Any:
    protocols: Any = ["talk.v1", "talk.v2"]
    return websockets.connect(f"{address}/talk?user={user}", subprotocols=protocols, open_timeout=20)


async def upgrade(upward: Upward) -> Operation:
    assert upward.engine is not None
    return await upward.engine.finished(upward.engine.upgrade().id, 50)


@pytest.mark.parametrize(("second", "answer"), [(ANOTHER_SUBPROTOCOL, "'talk.v2'"), (NO_SUBPROTOCOL, "None")])
async def test_another_subprotocol(serve: Serve, stack: str, second: str, answer: str) -> None:
    """The release is undone for everybody, no client notices, and the report says what was agreed."""
    async with (
        serve(second, stack) as (upward, address),
        talk(address, "ada") as ada,
        websockets.connect(f"{address}/other", open_timeout=20) as other,
    ):
        assert ada.subprotocol == "talk.v1"
        assert (await ask(ada, "1"), await ask(other, "1")) == ("old ada 1", "other 1")
        operation = await upgrade(upward)
        assert operation.state is OperationState.ROLLED_BACK, operation.report
        error = operation.report["error"]
        assert "the subprotocol that the client agreed to, 'talk.v1'" in str(error)
        assert f"got {answer} from the restarted handler" in str(error)
        assert operation.report["sessions"]["kept"] == 2
        assert (await ask(ada, "2"), await ask(other, "2")) == ("old ada 2", "other 2")
        assert upward.store is not None
        assert "subprotocol" in (upward.store.release("1.0.1").failed or "")


async def test_refused_by_the_new_handler(serve: Serve, stack: str) -> None:
    """Who may not come in any more is closed with 1008 and named in the report; the others go on, new."""
    async with (
        serve(CLOSES, stack) as (upward, address),
        talk(address, "ada") as ada,
        talk(address, "mallory") as mallory,
    ):
        assert (await ask(ada, "1"), await ask(mallory, "1")) == ("old ada 1", "old mallory 1")
        (refused,) = [one.id for one in upward.sessions.open()][1:]
        operation = await upgrade(upward)
        assert operation.state is OperationState.SUCCEEDED, operation.report
        with pytest.raises(websockets.ConnectionClosed) as closed, anyio.fail_after(20):
            await mallory.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "refused after an upgrade")
        assert operation.report["turned_away"] == {
            "total": 1,
            "code": 1008,
            "sessions": [{"id": refused, "path": "/talk"}],
        }
        assert "1 session(s) were refused by their new handlers and closed" in str(
            operation.report["warnings"]
        )
        assert (operation.report["sessions"]["total"], operation.report["sessions"]["kept"]) == (2, 1)
        assert await ask(ada, "2") == "new ada 2"


async def test_new_handler_raises_for_one_client(serve: Serve, stack: str) -> None:
    """One that raises where it could refuse is undone for everybody: no client notices."""
    async with (
        serve(RAISES, stack) as (upward, address),
        talk(address, "ada") as ada,
        talk(address, "mallory") as mallory,
    ):
        assert (await ask(ada, "1"), await ask(mallory, "1")) == ("old ada 1", "old mallory 1")
        operation = await upgrade(upward)
        assert operation.state is OperationState.ROLLED_BACK, operation.report
        assert "PermissionError: mallory" in str(operation.report["error"])
        assert (await ask(ada, "2"), await ask(mallory, "2")) == ("old ada 2", "old mallory 2")
