"""A service that is upgraded again and again keeps no more than it had."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path

import pytest

from benchmarks.pause.connections import connect_many
from benchmarks.pause.measuring import alive
from benchmarks.pause.releases import PACKAGE, write_wheels
from upward_asgi import Upward
from upward_asgi.store import Store
from upward_asgi.upgrade import OperationState, ProofPolicy

ROUNDS = 12


@pytest.mark.timeout(300)
async def test_many_upgrades_keep_memory_flat(tmp_path: Path) -> None:
    """Up and down, over and over: what a patch replaced is let go of, and no object is left per upgrade."""
    store = Store.create(tmp_path / "releases")
    for wheel in write_wheels(tmp_path, "dataclass"):
        store.unpack(wheel)
    upward = Upward(f"{PACKAGE}.app:app", store=store.root, proof=ProofPolicy.OFF)
    engine = upward.engine
    assert engine is not None
    async with alive(upward):
        connections = await connect_many(upward, 3)
        counts, replaced = [], []
        for _ in range(ROUNDS):
            (session, *_) = upward.sessions.open()
            replaced.append(weakref.ref(session.state))  # type: ignore[arg-type]
            for operation in (engine.upgrade, engine.downgrade):
                done = await engine.finished(operation().id, 100)
                assert done.state is OperationState.SUCCEEDED, done.report
            gc.collect()
            counts.append(len(gc.get_objects()))
        assert [ref() is None for ref in replaced] == [True] * ROUNDS
        grown = counts[-1] - counts[ROUNDS // 2]
        # Per round two remembered operations, and the timers of their limits, which asyncio sweeps later.
        assert grown < 80 * (ROUNDS - ROUNDS // 2)
        for connection in connections:
            connection.close()
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
