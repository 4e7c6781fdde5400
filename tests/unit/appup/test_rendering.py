"""The plan for people, held to golden texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from upward_asgi.appup.appup import Appup
from upward_asgi.appup.instructions import (
    AddDefinition,
    AddModule,
    Apply,
    DeleteDefinition,
    DeleteModule,
    Instruction,
    MoveLines,
    PatchClass,
    PatchFunction,
    RebindImporter,
    RebuildApp,
    RebuildClass,
    RenameModule,
    ReplaceDefinition,
)
from upward_asgi.appup.rendering import KEPT, render_instruction, render_plan
from upward_asgi.appup.verdict import Reason, Verdict

HOT = Appup(
    old=Version("1.0.1"),
    new=Version("1.0.2"),
    up=(
        ReplaceDefinition("board.config", 2, ("LIMIT",)),
        PatchFunction("board.cart", "Cart.total"),
        AddDefinition("board.cart", 4, ("count",)),
        DeleteDefinition("board.cart", "LEGACY"),
        RebindImporter("board.app", 0, ("LIMIT",), ("board.config:LIMIT",)),
        Apply("board.app", "warm"),
    ),
    down=(PatchFunction("board.cart", "Cart.total"),),
    verdict=Verdict(
        notes=(
            Reason(KEPT, "POOL stays, although connect() changed", "board/db.py", 9, "mark it `rebuild`"),
            Reason(
                "deployment",
                "deployment files: Dockerfile changed",
                advice="they take effect at the next restart",
            ),
        )
    ),
    name="board",
)

HOT_TEXT = """\
board 1.0.1 → 1.0.2: HOT
It can be applied to the running process; sessions stay open.

board.config
  ~ run again LIMIT
board.cart
  ~ patch Cart.total
  + add count
  - delete LEGACY
board.app
  ? import again LIMIT, only if board.config:LIMIT changes
  ! call warm()

Kept as it is:
  = board/db.py:9: POOL stays, although connect() changed
      → mark it `rebuild`

Notes:
  - deployment files: Dockerfile changed
      → they take effect at the next restart

6 instructions in 3 modules: 1 add definition, 1 apply, 1 delete definition, 1 patch function, \
1 rebind importer, 1 replace definition.
The way back is HOT: 1 instruction.
"""

COLD = Appup(
    old=Version("1.0.1"),
    new=Version("1.0.2"),
    verdict=Verdict(
        (
            Reason("startup", "start-up code lifespan was changed", "board/app.py", 12, "restart"),
            Reason("requirement", "attrs is not installed"),
        )
    ),
    down_verdict=Verdict((Reason("native", "native code was removed", "x.so", None, "restart"),)),
)

COLD_TEXT = """\
1.0.1 → 1.0.2: COLD
It cannot be applied to the running process: release it as a new minor version and restart.

Reasons against it:
  - board/app.py:12: start-up code lifespan was changed
      → restart
  - attrs is not installed
What is said of board/app.py counts only where the running service has imported it.

Nothing to do.

0 instructions in 0 modules.
The way back is COLD:
  - x.so: native code was removed; restart
"""

DOWN_TEXT = """\
board 1.0.2 → 1.0.1: HOT
It can be applied to the running process; sessions stay open.

board.cart
  ~ patch Cart.total

1 instruction in 1 module: 1 patch function.
The way up is HOT: 6 instructions.
"""


def test_hot() -> None:
    """A hot plan: instructions by module, what is kept, notes, counts."""
    assert render_plan(HOT) == HOT_TEXT


def test_cold() -> None:
    """A cold plan: the reasons come first, each with its place and advice."""
    assert render_plan(COLD) == COLD_TEXT


def test_down() -> None:
    """The way back can be asked for."""
    assert render_plan(HOT, down=True) == DOWN_TEXT


def test_survives_json() -> None:
    """The text is the same for an appup that was stored."""
    assert render_plan(Appup.loads(HOT.dumps())) == HOT_TEXT


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (AddModule("m"), "+ add module"),
        (DeleteModule("m"), "- delete module"),
        (RenameModule("m", "n"), "~ rename module to n"),
        (MoveLines("m"), "~ line numbers only"),
        (AddDefinition("m", 3), "+ add statement 4"),
        (AddDefinition("m", 3, ("a", "b")), "+ add a, b"),
        (AddDefinition("m", 3, ("a",), "n:a"), "+ add a (goes on from n:a)"),
        (ReplaceDefinition("m", 3), "~ run again statement 4"),
        (ReplaceDefinition("m", 3, ("T",), ("m:A", "m:B")), "? run again T, only if m:A or m:B changes"),
        (PatchClass("m", "C", 3), "~ patch class C"),
        (PatchClass("m", "C", 3, ("x", "y"), ("z",), ("w",)), "~ patch class C: x, y, +z, -w"),
        (PatchClass("m", "C", 3, ("x",), when=("n:D",)), "? patch class C: x, only if n:D changes"),
        (RebuildClass("m", "C", 3), "~ rebuild class C"),
        (RebuildClass("m", "C", 3, ("n:D",)), "? rebuild class C, only if n:D changes"),
        (RebindImporter("m", 3), "~ import again *"),
        (RebuildApp("m", "app", (1, 2)), "~ rebuild application m:app"),
        (Apply("m", "f"), "! call f()"),
        (Instruction("m"), "~ instruction m"),
    ],
)
def test_each_instruction(step: Instruction, line: str) -> None:
    """Every kind of instruction has a line of its own words; a kind without words shows its name."""
    assert render_instruction(step) == line


def test_neighbours_share_a_heading() -> None:
    """Instructions keep their order: a module named twice stands there twice."""
    up = (MoveLines("a"), MoveLines("b"), MoveLines("a"))
    text = render_plan(replace(HOT, up=up))
    headings = [line for line in text.splitlines() if line in ("a", "b")]
    assert headings == ["a", "b", "a"]
