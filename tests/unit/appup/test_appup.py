"""The appup file: exact both ways, the same bytes every time, clear when damaged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from packaging.version import Version

from upward_asgi.appup.appup import Appup
from upward_asgi.appup.instructions import (
    AddDefinition,
    AddModule,
    Apply,
    CodeChange,
    DeleteDefinition,
    DeleteModule,
    MoveLines,
    PatchClass,
    PatchFunction,
    RebindImporter,
    RebuildApp,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
)
from upward_asgi.appup.verdict import Reason, Verdict
from upward_asgi.errors import InternalError

APPUP = Appup(
    old=Version("1.0.1"),
    new=Version("1.0.2"),
    up=(
        AddModule("board.fresh"),
        DeleteModule("board.gone"),
        RenameModule("board.a", "board.b"),
        MoveLines("board.c"),
        PatchFunction("board.app", "Cart.total"),
        AddDefinition("board.app", 3, ("count",), "board.old:count"),
        ReplaceDefinition("board.app", 4, ("TABLE",), ("config:LIMIT",)),
        DeleteDefinition("board.app", "LEGACY"),
        PatchClass("board.app", "Cart", 5, ("a",), ("b",), ("c",), ("config:LIMIT",)),
        RebuildClass("board.app", "Item", 6),
        RebindImporter("board.app", 0, ("LIMIT",), ("config:LIMIT",)),
        RebuildApp("board.app", "app", (7, 8)),
        Apply("board.app", "warm"),
        CodeChange("board.rooms", "Player", "1.0.1", "1.0.0", ("rooms",)),
    ),
    down=(PatchFunction("board.app", "Cart.total"),),
    verdict=Verdict(notes=(Reason("deployment", "Dockerfile changed – später", "Dockerfile"),)),
    down_verdict=Verdict((Reason("native", "gone", "x.so", 3, "restart"),)),
    name="board",
)


def test_round_trip() -> None:
    """Every kind of instruction, both verdicts and both versions come back equal."""
    assert Appup.loads(APPUP.dumps()) == APPUP
    assert Appup.from_json(APPUP.to_json()) == APPUP
    assert Appup.loads(APPUP.dumps().decode()) == APPUP


def test_same_bytes() -> None:
    """The same appup gives the same bytes, plain ASCII, also after a round trip."""
    assert Appup.loads(APPUP.dumps()).dumps() == APPUP.dumps()
    assert APPUP.dumps().isascii()
    assert APPUP.dumps().endswith(b"}\n")


def test_defaults() -> None:
    """An appup without steps is hot both ways; versions are compared by meaning."""
    empty = Appup(Version("1.0"), Version("1.0.1"))
    assert empty.verdict.hot
    assert empty.down_verdict.hot
    assert Appup.loads(empty.dumps()) == replace(empty, old=Version("1.0.0"))


def test_name_may_be_missing() -> None:
    """Where the distribution is not known the name is empty."""
    data = APPUP.to_json()
    del data["name"]
    assert Appup.from_json(data).name == ""


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("format", 2, "an appup of format 1, got 2"),
        ("format", None, "an appup of format 1, got None"),
        ("old", "one", "appup.old as a version, got 'one'"),
        ("new", 3, "appup.new as str, got 3"),
        ("up", {}, "appup.up as list"),
        ("up", [{"op": "dance", "module": "x"}], "got 'dance'"),
        ("down", ["x"], "an object with an `op`"),
        ("verdict", None, "a verdict as a JSON object"),
        ("down_verdict", {"reasons": [3]}, "a reason as a JSON object"),
        ("name", 3, "appup.name as str"),
    ],
)
def test_damaged(field: str, value: object, message: str) -> None:
    """Each damaged field is named, with what to do."""
    with pytest.raises(InternalError, match=message) as caught:
        Appup.from_json({**APPUP.to_json(), field: value})
    assert "make the appup again" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", b"\xff", json.dumps({"format": 1})])
def test_no_appup(text: str | bytes) -> None:
    """What is no appup at all is refused in the same way."""
    with pytest.raises(InternalError, match="make the appup again"):
        Appup.loads(text)
