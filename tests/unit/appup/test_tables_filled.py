"""Calls that do nothing but fill tables of the release."""

from __future__ import annotations

from pathlib import Path

import pytest

from upward_asgi.appup.scopes import Scopes
from upward_asgi.appup.tables_filled import tables_filled
from upward_asgi.appup.trees import read_tree

TABLES = "import os\nTABLE = {}\nMORE: list = [1]\nHUB = Hub()\nTWICE = []\nTWICE = {}\n\n"


def filled(folder: Path, function: str, call: str = "fill(1)") -> set[str]:
    """What the last statement of `app` fills through a function of `reg`."""
    (folder / "reg.py").write_text(TABLES + function)
    (folder / "app.py").write_text(f"import reg\nfrom reg import *\nfrom reg import fill\n{call}\n")
    scopes = Scopes(read_tree(folder))
    return set(tables_filled(scopes, scopes.statements("app")[-1]))


@pytest.mark.parametrize(
    "body",
    [
        "TABLE[x] = x",
        '"""Say so."""\n    assert x not in TABLE, "twice"\n    TABLE[x] = x\n    return x',
        "if x:\n        TABLE.update({x: x()})\n    else:\n        del TABLE[x]",
        "for one in x:\n        key = one.lower()\n        TABLE.setdefault(key, []).append(one)",
    ],
)
@pytest.mark.parametrize("call", ["fill(1)", "reg.fill(Thing())"])
def test_it_fills_a_table(tmp_path: Path, body: str, call: str) -> None:
    """Checks, branches and loops do not matter, nor whether the name or the module was imported."""
    assert filled(tmp_path, f"def fill(x):\n    {body}\n", call) == {"reg:TABLE"}


def test_it_fills_several(tmp_path: Path) -> None:
    """All of them are told."""
    body = "TABLE[x] = x; MORE.append(x)"
    assert filled(tmp_path, f"def fill(x):\n    {body}\n") == {"reg:TABLE", "reg:MORE"}


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "os.putenv(x, x)",
        "print(x)",
        "TABLE[x] = x; print(x)",
        "TABLE[x] = x; x.name = 1",
        "TABLE[x] = x; x.start()",
        "HUB.join(x)",
        "TWICE.append(x)",
        "TABLE = {}; TABLE[x] = x",
        "global MORE; MORE = x; TABLE[x] = x",
        "TABLE[x] = x; return open(x)",
        "TABLE[x] = yield",
        "with x: TABLE[x] = x",
        "import os; TABLE[x] = x",
    ],
)
def test_it_does_something_else(tmp_path: Path, body: str) -> None:
    """What is not plainly a table of the release is an effect, whatever else is filled."""
    assert filled(tmp_path, f"def fill(x):\n    {body}\n") == set()


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("async def fill(x):\n    TABLE[x] = x\n", "fill(1)"),
        ("@os\ndef fill(x):\n    TABLE[x] = x\n", "fill(1)"),
        ("def fill(x):\n    TABLE[x] = x\ndef fill(x):\n    pass\n", "fill(1)"),
        ("class fill:\n    def __init__(self, x):\n        TABLE[x] = x\n", "fill(1)"),
        ("def fill(x):\n    TABLE[x] = x\n", "y = fill(1)"),
        ("def fill(x):\n    TABLE[x] = x\n", "other(1)"),
        ("def fill(x):\n    TABLE[x] = x\n", "fill(1)(2)"),
    ],
)
def test_nobody_knows_what_it_does(tmp_path: Path, function: str, call: str) -> None:
    """Only one plain function that is called for its effect is looked into."""
    assert filled(tmp_path, function, call) == set()
