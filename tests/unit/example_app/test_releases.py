"""The example's releases, each by itself, served without `upward`: a page and sessions that work."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from packaging.version import Version
from starlette.testclient import TestClient, WebSocketTestSession

from example_app.serving import RELEASES, SOURCES
from upward_asgi import Down

Open = Callable[[str], TestClient]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Open]:
    """A client of one release's application, imported from its folder; all of it is forgotten afterwards."""

    def serve(release: str) -> TestClient:
        monkeypatch.syspath_prepend(SOURCES / release)
        return TestClient(importlib.import_module("board.app").app)

    monkeypatch.setenv("BOARD_FILE", str(tmp_path / "board.json"))
    yield serve
    for name in [name for name in sys.modules if name.split(".")[0] == "board"]:
        del sys.modules[name]


def answer(socket: WebSocketTestSession, number: int) -> dict[str, Any]:
    """The frame that acknowledges message `number`; what else is pushed meanwhile is passed over."""
    while (frame := socket.receive_json()).get("ack") != number:
        pass
    return dict(frame)


def pushed(socket: WebSocketTestSession, element: str, text: str) -> str:
    """The first fragment for `element` that has `text` in it."""
    while text not in (html := socket.receive_json()["html"].get(element, "")):
        pass
    return str(html)


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_serves_its_page_and_its_sessions(serve: Open, release: str) -> None:
    """The page names the release; claps are counted for each visitor, notes are seen by everybody."""
    with serve(release) as client, client.websocket_connect("/live") as ada:
        assert f"<b>{release}</b>" in client.get("/").text
        assert client.get(f"/static/board.css?v={release}").status_code == 200
        with client.websocket_connect("/live") as alan:
            ada.send_json({"event": "clap", "n": 1})
            assert answer(ada, 1)["visitor"]["claps"] == 1
            alan.send_json({"event": "pin", "text": "<b>oranges</b>", "n": 1})
            assert answer(alan, 1)["visitor"]["claps"] == 0
            assert "&lt;b&gt;oranges" in pushed(ada, "notes", "oranges")
            assert pushed(ada, "people", "1 note on")
            alan.send_json({"event": "rename", "text": "Alan T.", "n": 2})
            assert answer(alan, 2)["visitor"]["name"] == "Alan T."
        assert pushed(ada, "people", "1 tab open")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("frame", ["", "[]", "no JSON", '{"event": "unheard of"}', '{"event": "pin"}', "{}"])
def test_what_is_no_event_changes_nothing(serve: Open, release: str, frame: str) -> None:
    """A frame that makes no sense is answered, and the session goes on."""
    with serve(release) as client, client.websocket_connect("/live") as ada:
        ada.send_text(frame)
        ada.send_json({"event": "clap", "n": 7})
        assert answer(ada, 7)["visitor"]["claps"] == 1


@pytest.mark.parametrize(("release", "shown"), [("1.0.0", "1:5"), ("1.0.1", "1:05"), ("1.1.0", "1:05")])
def test_the_clock_was_mended(serve: Open, release: str, shown: str) -> None:
    """1.0.1 mends the helper that shows minutes and seconds."""
    serve(release)
    assert importlib.import_module("board.words").clock(65) == shown


def test_notes_come_down_since_the_third_patch(serve: Open) -> None:
    """1.0.3 shows the wall as text and takes notes down."""
    with serve("1.0.3") as client, client.websocket_connect("/live") as ada:
        ada.send_json({"event": "colour", "colour": "rose", "n": 1})
        assert answer(ada, 1)["visitor"]["colour"] == "rose"
        ada.send_json({"event": "pin", "text": "oranges", "n": 2})
        assert "rose" in pushed(ada, "notes", "oranges")
        assert client.get("/notes.txt").text == "Ada: oranges\n"
        ada.send_json({"event": "unpin", "note": "1", "n": 3})
        assert pushed(ada, "notes", "Nothing here yet")
        assert client.get("/notes.txt").text == ""


@pytest.mark.parametrize("release", ["1.0.2", "1.0.3"])
def test_the_colour_comes_and_goes_by_code_change(serve: Open, release: str) -> None:
    """Up over 1.0.2 the state gains the colour, down over it the state loses it; elsewhere it stays."""
    serve(release)
    live, visitor = importlib.import_module("board.live"), importlib.import_module("board.visitor")
    session = live.BoardSession.__new__(live.BoardSession)
    old = visitor.Visitor("Ada", ticks=3)
    del old.__dict__["colour"]

    new = session.code_change(Version("1.0.1"), old, None)
    assert (new.name, new.ticks, new.colour) == ("Ada", 3, visitor.colour_for("Ada"))
    assert "colour" not in vars(old)
    assert session.code_change(Version("1.0.2"), new, None) == new
    assert session.code_change(Down("1.0.3", to="1.0.2"), new, None) == new
    assert vars(session.code_change(Down("1.0.2", to="1.0.1"), new, None)) == vars(old)


def test_the_wall_outlives_a_restart_in_the_minor_release(serve: Open) -> None:
    """1.1.0 writes the wall down at its end and reads it at its start: new start-up code."""
    with serve("1.1.0") as client, client.websocket_connect("/live") as ada:
        ada.send_json({"event": "pin", "text": "oranges", "n": 1})
        answer(ada, 1)
    importlib.import_module("board.wall").wall.notes.clear()
    with client:
        assert client.get("/notes.txt").text == "Ada: oranges\n"
