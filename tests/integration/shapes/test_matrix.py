"""Every shape of handler on one server stack: upgraded, refused, rolled back, messages all the while."""

from __future__ import annotations

import pytest

from upward_asgi.upgrade import OperationState

from .catalogue import SHAPES, Shape
from .expectations import faults_of
from .matrix import outcome_of
from .releases import CRASHES
from .report import PAGE, rows
from .servers import SOME_STACKS, STACKS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),  # the first test on a stack waits for all of its operations
]
CELLS = [
    pytest.param(shape, marked, id=f"{shape.name}-{'marked' if marked else 'unmarked'}")
    for shape in SHAPES
    for marked in ((True, False) if shape.restarts else (False,))
]


@pytest.mark.parametrize("stack", SOME_STACKS)
@pytest.mark.parametrize(("shape", "marked"), CELLS)
def test_a_shape_on_a_stack(stack: str, shape: Shape, marked: bool) -> None:
    """No message is lost, doubled or reordered, the connection stays, the code is the expected one."""
    cell = outcome_of(stack).cells[shape.name, marked]
    assert list(faults_of(cell)) == []
    assert cell.messages > 0


@pytest.mark.parametrize("stack", SOME_STACKS)
def test_the_operations_on_a_stack(stack: str) -> None:
    """Every release is taken, but for the one whose handlers crash: that one is undone."""
    ended = {(str(one.to), one.state) for one in outcome_of(stack).operations}
    wanted = {(version, OperationState.SUCCEEDED) for version in ("1.0.0", "1.0.1", "1.0.2")}
    assert ended == wanted | {(CRASHES, OperationState.ROLLED_BACK)}


def test_the_documented_table_is_of_these_shapes() -> None:
    """The page in the documentation has a row for every shape and a column for every stack."""
    page = PAGE.read_text("utf-8")
    assert [start for _, start in rows() if start not in page] == []
    assert page.count("\n| `") == len(SHAPES)
    assert [stack for stack in STACKS if stack not in page] == []
